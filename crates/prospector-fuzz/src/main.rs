//! Beside the fuzz targets: `seeds FOLDER` writes the inputs to begin with, a folder a target; `play TARGET FILE...` plays inputs
//! again, as a crash asks for. Neither needs libFuzzer.
use std::path::Path;
use std::process::ExitCode;
use std::{fs, io};

use prospector_fuzz::{TARGETS, play, seeds};

const USAGE: &str = "usage: prospector-fuzz seeds FOLDER | play TARGET FILE...  (TARGET: calls, blob)";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["seeds", folder] => write_seeds(Path::new(folder)).map(|()| true),
        ["play", target, ref files @ ..] if TARGETS.contains(&target) && !files.is_empty() => replay(target, files),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn write_seeds(folder: &Path) -> io::Result<()> {
    for target in TARGETS {
        let folder = folder.join(target);
        fs::create_dir_all(&folder)?;
        for (i, input) in seeds(target).iter().enumerate() {
            fs::write(folder.join(format!("seed-{i:02}")), input)?;
        }
    }
    Ok(())
}

/// Whether all of them agree.
fn replay(target: &str, files: &[&str]) -> io::Result<bool> {
    let mut agreed = true;
    for file in files {
        let input = fs::read(file).map_err(|error| io::Error::new(error.kind(), format!("{file}: {error}")))?;
        match play(target, &input) {
            Ok(played) => println!("{file}: agreed, {played:?}"),
            Err(message) => {
                agreed = false;
                println!("{file}: {message}");
            }
        }
    }
    Ok(agreed)
}
