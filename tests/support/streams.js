/** All remaining chunks of a readable stream. */
export async function chunksOf(readable) {
  const chunks = [];
  for await (const chunk of readable) chunks.push(chunk);
  return chunks;
}
