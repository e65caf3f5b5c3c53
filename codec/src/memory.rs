//! How the memory grows. Each time, the engine counts all of it as new, and collects garbage the sooner: so it grows seldom.

use std::hint::black_box;

/// By how many bytes it grows at least, a page of 64 KiB apart.
const STEP: usize = 1 << 20;

/// Makes the allocator have a free block of so many bytes. `None` if there is no memory for it.
pub fn reserve(bytes: usize) -> Option<()> {
    let mut block = Vec::<u8>::new();
    block.try_reserve_exact(bytes).ok()?;
    // The compiler leaves out allocations that nothing uses.
    black_box(block);
    Some(())
}

/// Runs a call; if the memory grew in it, by a page at a time, it grows by a larger step too.
pub fn in_steps<T>(call: impl FnOnce() -> T) -> T {
    let before = pages();
    let result = call();
    if pages() > before {
        // Without memory for the step there may be enough for what is needed.
        let _ = reserve(STEP);
    }
    result
}

fn pages() -> usize {
    #[cfg(target_arch = "wasm32")]
    return core::arch::wasm32::memory_size(0);
    #[cfg(not(target_arch = "wasm32"))]
    return 0;
}
