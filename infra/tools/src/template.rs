//! The template `infra/template.yaml`: read, and as a local run deploys it.

use crate::functions::{LOCAL_FUNCTIONS, Programs};
use crate::root::root;
use anyhow::{Context, Result, bail};
use serde_yaml_ng::Value as Yaml;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// A resource of the template.
#[derive(Debug)]
pub struct Resource {
    /// Its logical id.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// Its properties.
    pub properties: Yaml,
}

/// The template's resources.
pub fn resources() -> Result<Vec<Resource>> {
    let template: Yaml = serde_yaml_ng::from_str(&text()?)?;
    let resources = template
        .get("Resources")
        .and_then(Yaml::as_mapping)
        .context("the template has no resources")?;
    let resource = |(id, resource): (&Yaml, &Yaml)| {
        let kind = resource.get("Type")?.as_str()?.to_owned();
        Some(Resource {
            id: id.as_str()?.to_owned(),
            kind,
            properties: resource.get("Properties").cloned().unwrap_or_default(),
        })
    };
    resources.iter().map(|entry| resource(entry).context("a resource has no type")).collect()
}

fn text() -> Result<String> {
    std::fs::read_to_string(root().join("infra/template.yaml")).context("infra/template.yaml")
}

/// Writes the template into `folder` as a local run deploys it, but for the text
/// `without` wherever it stands, and beside it what it deploys: for each function a bootstrap of two lines,
/// which starts the program that cargo built. That one stays here: once a function, zipped, sent
/// and unpacked, it would be gigabytes.
pub fn deployable(programs: &Programs, without: Option<&str>, folder: &Path) -> Result<PathBuf> {
    const CODE: &str = "CodeUri: ../functions/";
    let (text, program) = (text()?, folder.join(LOCAL_FUNCTIONS));
    // A run keeps its own, whatever cargo builds meanwhile. Between file systems there is no hard
    // link.
    let built = programs.get(LOCAL_FUNCTIONS)?;
    std::fs::hard_link(built, &program).or_else(|_| std::fs::copy(built, &program).map(drop))?;
    let mut written = String::new();
    let mut left_out = 0_usize;
    for line in text.lines() {
        if let Some((_, function)) = line.split_once(CODE) {
            deploy_launcher(&program, function.trim(), folder)?;
        }
        let less = without.map(|without| line.replace(without, ""));
        left_out =
            left_out.saturating_add(usize::from(less.as_ref().is_some_and(|less| less != line)));
        if !line.contains("BuildMethod:") {
            // Paths in it are relative to where it stands.
            let root = root();
            let line = less
                .as_deref()
                .unwrap_or(line)
                .replace(CODE, "CodeUri: functions/")
                .replace("Uri: ../", &format!("Uri: {}/", root.display()));
            written.push_str(&line);
            written.push('\n');
        }
    }
    if let Some(without) = without.filter(|_| left_out == 0) {
        bail!("the template has nowhere {without:?}");
    }
    let template = folder.join("template.yaml");
    std::fs::write(&template, written)?;
    Ok(template)
}

fn deploy_launcher(program: &Path, function: &str, folder: &Path) -> Result<()> {
    let code = folder.join("functions").join(function);
    std::fs::create_dir_all(&code)?;
    let bootstrap = code.join("bootstrap");
    let quoted = program.display().to_string().replace('\'', r"'\''");
    std::fs::write(&bootstrap, format!("#!/bin/sh\nexec '{quoted}' {function}\n"))?;
    Ok(std::fs::set_permissions(bootstrap, Permissions::from_mode(0o755))?)
}
