// Sends every message back: npm `ws`.
import { echoOn } from '../../../scripts/servers.js';
import { serve } from './serve.js';

export const start = () => serve(async (http) => void (await echoOn(http)));
