//! libFuzzer's side of target `calls`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    if let Err(message) = prospector_fuzz::play("calls", input) {
        panic!("{message}");
    }
});
