//! Prints the table of the rules as JSON.

fn main() {
    println!("{:#}", prospector_rules::table());
}
