//! Writes every mail in every language as HTML, and an `index.html` that leads to them. `cargo
//! xtask mail-preview` runs it.

#[path = "../tests/samples/mod.rs"]
mod samples;

use domain::Language;
use samples::{contents, recipient};
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os()
        .nth(1)
        .map(PathBuf::from)
        .ok_or("say where to: cargo xtask mail-preview does")?;
    let mut rows = String::new();
    for content in contents()? {
        let kind = mail::kind(&content);
        fs::create_dir_all(folder.join(kind))?;
        write!(rows, "<tr><th scope=\"row\">{kind}</th>")?;
        for language in Language::ALL {
            let mail =
                mail::render("https://portal.example.com", &recipient("Ana", language)?, &content)?;
            let file = format!("{kind}/{}.html", language.code());
            fs::write(folder.join(&file), &mail.html)?;
            write!(
                rows,
                "<td lang=\"{}\"><a href=\"{file}\">{}</a></td>",
                language.code(),
                mail.subject
            )?;
        }
        rows.push_str("</tr>\n");
    }
    let index = folder.join("index.html");
    fs::write(
        &index,
        format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Mails</title>\n\
             <style>body{{font-family:sans-serif}}th,td{{padding:.4em .8em;text-align:left;vertical-align:top}}</style></head>\n\
             <body><h1>Mails</h1><table>\n{rows}</table></body></html>\n"
        ),
    )?;
    println!("{}", index.display());
    Ok(())
}
