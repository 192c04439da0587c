//! libFuzzer's side of target `blob`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    if let Err(message) = prospector_fuzz::play("blob", input) {
        panic!("{message}");
    }
});
