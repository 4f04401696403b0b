//! Modules stand in one order: none uses another that comes back to it, and none is too long for
//! one subject.

use crate::files::{no_faults, root, rust_files};
use anyhow::{Context, Result, anyhow, ensure};
use proc_macro2::{TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

/// Where Rust is.
const FOLDERS: [&str; 4] = ["functions", "infra", "shared", "tests"];
/// Folders whose modules are not looked at yet: each of them still has circles, which are to be
/// taken apart. Whoever has done so strikes the folder out here.
const NOT_LOOKED_AT_YET: [&str; 5] = [
    // Each language fills in the form that stands in the file which lists the languages.
    "functions/desk/",
    "functions/portal/",
    "shared/mail/",
    // The list of bugs, and what a bug is.
    "infra/xtask/",
    // The program lists the tests, and each test takes the running stack from the program.
    "tests/tests/local_cloud/",
];
/// More lines than a file has that is about one thing.
const MOST_LINES: usize = 500;
/// More lines than a template has that somebody reads as a whole before it is deployed.
const MOST_LINES_OF_THE_TEMPLATE: usize = 2_000;
/// Tables of words, a file a language: what they hold is as long as it is.
const WORDS: [&str; 3] =
    ["shared/mail/src/words/", "functions/portal/src/words/", "functions/desk/src/words/"];

/// Protects whoever reads or changes a module: it can be understood, and taken away, with only what
/// it uses, and never because of what uses it. A module may use what the file above it defines, as
/// long as that file does no more with the module than to declare it and to hand its names on.
#[test]
fn no_module_uses_another_that_comes_back_to_it() -> Result<()> {
    let (mut faults, mut excused) = (Vec::new(), BTreeSet::new());
    for file in files()?.into_iter().filter(|file| is_root(file)) {
        let path = relative(&file)?;
        let circles = Modules::read(&file).with_context(|| path.clone())?.circles();
        match NOT_LOOKED_AT_YET.into_iter().find(|folder| path.starts_with(folder)) {
            Some(folder) if !circles.is_empty() => drop(excused.insert(folder)),
            Some(_) => {}
            None => faults.extend(circles.iter().map(|circle| format!("{path}: {circle}"))),
        }
    }
    let done = NOT_LOOKED_AT_YET.into_iter().filter(|folder| !excused.contains(folder));
    faults.extend(done.map(|folder| format!("{folder} has no circle any more: strike it out")));
    no_faults(faults)
}

/// Protects the habit that a file has one subject: what is longer has two.
#[test]
fn no_file_is_longer_than_one_subject_takes() -> Result<()> {
    let mut faults = Vec::new();
    for file in files()? {
        let path = relative(&file)?;
        let lines = fs::read_to_string(&file)?.lines().count();
        if lines > MOST_LINES && !WORDS.iter().any(|folder| path.starts_with(folder)) {
            faults.push(format!("{path} has {lines} lines, more than {MOST_LINES}"));
        }
    }
    let template = fs::read_to_string(root().join("infra/template.yaml"))?.lines().count();
    faults.extend((template > MOST_LINES_OF_THE_TEMPLATE).then(|| {
        format!(
            "infra/template.yaml has {template} lines, more than {MOST_LINES_OF_THE_TEMPLATE}: \
             write in one line what is one thing"
        )
    }));
    no_faults(faults)
}

/// Protects the two tests above from seeing nothing: each way to name a module is an edge, and what
/// is only declared or handed on is none.
#[test]
fn each_way_to_name_a_module_is_seen() -> Result<()> {
    let sources = [
        ("", "mod a; mod b; mod c; mod d; mod e; pub use a::A; pub use b::{B, f}; struct Own;"),
        ("a", "use crate::b::{self, B}; use std::fmt; fn b() { fmt::Debug }"),
        ("b", "use super::{c::{C, D as E}, Own}; mod inner { use super::*; use super::super::d; }"),
        ("c", "pub(crate) fn c() { println!(\"not crate::a\", crate::d::f()) }"),
        ("d", "#[serde(with = \"crate::e::millis\")] struct D; fn d(own: crate::Own) {}"),
        ("e", "/// As [`crate::c`].\nuse super::A; mod tests { use crate::d; }"),
    ];
    let sources = sources.map(|(name, text)| Ok((segments(name), Module::read(text)?)));
    let mut tree = Modules(sources.into_iter().collect::<Result<_>>()?);
    let expected = ["a > b > c > d > e > a", "a > b > d > e > a"];
    ensure!(tree.circles() == expected, "{:?}", tree.circles());
    ensure!(tree.used(&segments("b")) == names(&["", "c", "d"]), "{:?}", tree.used(&segments("b")));
    ensure!(tree.used(&[]).is_empty(), "what is handed on is no use");
    let above = "mod a; mod b; mod c; mod d; mod e; pub use b::B; struct Own(B);";
    tree.0.insert(Vec::new(), Module::read(above)?);
    ensure!(tree.used(&[]) == names(&["b"]), "{:?}", tree.used(&[]));
    Ok(())
}

fn names(names: &[&str]) -> BTreeSet<Vec<String>> {
    names.iter().map(|name| segments(name)).collect()
}

fn segments(path: &str) -> Vec<String> {
    path.split("::").filter(|segment| !segment.is_empty()).map(str::to_owned).collect()
}

fn files() -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        rust_files(&root().join(folder), &mut files)?;
    }
    files.sort();
    Ok(files)
}

fn relative(file: &Path) -> Result<String> {
    Ok(file.strip_prefix(root())?.to_string_lossy().into_owned())
}

/// Whether a file is the first of a library, a program or a test.
fn is_root(file: &Path) -> bool {
    let is_first = ["lib.rs", "main.rs"].iter().any(|name| file.ends_with(name));
    let is_below = |folder: &Path| folder.with_file_name("Cargo.toml").exists();
    let is_test = file.parent().is_some_and(|folder| is_below(folder) && !folder.ends_with("src"));
    is_first || is_test
}

/// The modules of one library, program or test, by their paths: each is a file.
struct Modules(BTreeMap<Vec<String>, Module>);

impl Modules {
    /// Reads the file and the modules that it declares, and theirs.
    fn read(file: &Path) -> Result<Self> {
        let mut found = BTreeMap::new();
        let folder = file.parent().context("a file without a folder")?.to_owned();
        let mut open = vec![(Vec::new(), file.to_owned(), folder)];
        while let Some((path, file, folder)) = open.pop() {
            let text = fs::read_to_string(&file)?;
            let module = Module::read(&text).with_context(|| file.display().to_string())?;
            for name in &module.children {
                let own = folder.join(name);
                let files = [own.with_extension("rs"), own.join("mod.rs")];
                // One with a path of its own belongs to somebody else.
                if let Some(file) = files.into_iter().find(|file| file.exists()) {
                    let path = path.iter().cloned().chain([name.clone()]).collect();
                    open.push((path, file, own));
                }
            }
            found.insert(path, module);
        }
        Ok(Self(found))
    }

    /// The modules that a module uses, by the names that they are defined in: a name that is handed
    /// on leads to where it comes from.
    fn used(&self, user: &[String]) -> BTreeSet<Vec<String>> {
        let Some(module) = self.0.get(user) else { return BTreeSet::new() };
        let paths = module.paths.iter();
        let paths = paths.filter_map(|path| self.absolute(user, &path.scope, &path.segments));
        let imports = module.imports.iter().filter(|import| {
            let is_used =
                || module.paths.iter().any(|path| path.segments.first() == Some(&import.name));
            !import.is_handed_on || is_used()
        });
        let imports =
            imports.filter_map(|import| self.absolute(user, &import.scope, &import.segments));
        let modules = paths.chain(imports).map(|path| self.module_of(&path, 0));
        modules.filter(|module| module.as_slice() != user).collect()
    }

    /// A path from the crate's root; `None` for another crate's, or for what the file has itself.
    fn absolute(&self, user: &[String], scope: &[String], path: &[String]) -> Option<Vec<String>> {
        let mut here: Vec<String> = user.iter().chain(scope).cloned().collect();
        let mut rest = path.iter().peekable();
        match rest.peek()?.as_str() {
            "crate" => {
                here.clear();
                rest.next();
            }
            "self" => drop(rest.next()),
            "super" => {
                while rest.next_if(|segment| *segment == "super").is_some() {
                    here.pop();
                }
            }
            name => {
                let child: Vec<String> = here.iter().cloned().chain([name.to_owned()]).collect();
                if path.len() < 2 || !self.0.contains_key(&child) {
                    return None;
                }
            }
        }
        here.extend(rest.cloned());
        Some(here)
    }

    /// The module that defines what a path from the root leads to.
    fn module_of(&self, path: &[String], depth: usize) -> Vec<String> {
        let lengths = (0..=path.len()).rev();
        let (module, rest) = lengths
            .map(|length| path.split_at(length))
            .find(|(module, _)| self.0.contains_key(*module))
            .unwrap_or_default();
        let found = self.0.get(module).zip(rest.first());
        let import = found.and_then(|(above, name)| {
            let mut imports = above.imports.iter();
            imports.find(|import| import.scope.is_empty() && import.name == *name)
        });
        // A name is handed on a few times at most; more would be a circle.
        let further = import
            .filter(|_| depth < 8)
            .and_then(|import| self.absolute(module, &[], &import.segments));
        further.map_or_else(|| module.to_vec(), |path| self.module_of(&path, depth + 1))
    }

    /// Each shortest circle once, as its modules in their order.
    fn circles(&self) -> Vec<String> {
        let graph: BTreeMap<&Vec<String>, BTreeSet<Vec<String>>> =
            self.0.keys().map(|name| (name, self.used(name))).collect();
        let mut circles = BTreeMap::new();
        for start in graph.keys() {
            if let Some(mut circle) = shortest_circle(&graph, start) {
                let first = circle.iter().enumerate().min_by_key(|(_, name)| *name);
                let first = first.map_or(0, |(place, _)| place);
                circle.rotate_left(first);
                circle.extend(circle.first().cloned());
                let shown = circle.iter().map(|name| shown(name)).collect::<Vec<_>>().join(" > ");
                circles.insert(circle, shown);
            }
        }
        circles.into_values().collect()
    }
}

fn shown(path: &[String]) -> String {
    if path.is_empty() { "the root".to_owned() } else { path.join("::") }
}

fn shortest_circle(
    graph: &BTreeMap<&Vec<String>, BTreeSet<Vec<String>>>,
    start: &Vec<String>,
) -> Option<Vec<Vec<String>>> {
    let mut ways = VecDeque::from([vec![start.clone()]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for next in graph.get(way.last()?).into_iter().flatten() {
            if next == start {
                return Some(way);
            }
            if seen.insert(next) {
                ways.push_back(way.iter().chain([next]).cloned().collect());
            }
        }
    }
    None
}

/// What one file says of modules.
#[derive(Default)]
struct Module {
    /// The modules that it declares, in files of their own.
    children: Vec<String>,
    imports: Vec<Import>,
    paths: Vec<Mention>,
}

/// A `use`, of one name.
struct Import {
    /// The modules inside of the file, down to the one that has it.
    scope: Vec<String>,
    segments: Vec<String>,
    /// What it is called here.
    name: String,
    /// Whether others get it by this, as by `pub use`.
    is_handed_on: bool,
}

/// A path somewhere in the code, a single name as well.
struct Mention {
    scope: Vec<String>,
    segments: Vec<String>,
}

impl Module {
    fn read(text: &str) -> Result<Self> {
        let tokens: TokenStream = text.parse().map_err(|error| anyhow!("no Rust: {error}"))?;
        let mut module = Self::default();
        module.walk(tokens, &[]);
        Ok(module)
    }

    fn walk(&mut self, tokens: TokenStream, scope: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut rest = tokens.as_slice();
        let (mut before, mut last) = (None, None);
        while let Some((token, after)) = rest.split_first() {
            rest = after;
            match (token, after) {
                (TokenTree::Ident(word), _) if word == "use" => {
                    let end = after.iter().position(|token| is(token, ';')).unwrap_or(after.len());
                    let (tree, after) = after.split_at(end);
                    self.import(tree, scope, &[], is_public(before, last));
                    rest = after;
                }
                (TokenTree::Ident(word), [TokenTree::Ident(name), TokenTree::Group(body), ..])
                    if word == "mod" =>
                {
                    // A test may use what uses the tested.
                    if name != "tests" {
                        let name = name.to_string();
                        let inner: Vec<String> = scope.iter().cloned().chain([name]).collect();
                        self.walk(body.stream(), &inner);
                    }
                    rest = after.get(2..).unwrap_or_default();
                }
                (TokenTree::Ident(word), [TokenTree::Ident(name), end, ..])
                    if word == "mod" && is(end, ';') =>
                {
                    self.children.push(name.to_string());
                    rest = after.get(1..).unwrap_or_default();
                }
                (TokenTree::Ident(first), _) => {
                    let mut segments = vec![first.to_string()];
                    while let [colon, second, TokenTree::Ident(next), ..] = rest
                        && is(colon, ':')
                        && is(second, ':')
                    {
                        segments.push(next.to_string());
                        rest = rest.get(3..).unwrap_or_default();
                    }
                    if !is_of_another(before, last) {
                        self.paths.push(Mention { scope: scope.to_vec(), segments });
                    }
                }
                // `pub(crate)` and its like name nothing.
                (TokenTree::Group(group), _)
                    if is_public(None, last) && is_visibility(group.stream()) => {}
                (TokenTree::Group(group), _) => self.walk(group.stream(), scope),
                (TokenTree::Literal(literal), _) => {
                    // As serde's attributes name functions; other texts are texts.
                    let text = literal.to_string();
                    let path = text.trim_matches('"');
                    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
                    if path.starts_with("crate::") && path.chars().all(is_path) {
                        let segments = segments(path);
                        self.paths.push(Mention { scope: scope.to_vec(), segments });
                    }
                }
                (TokenTree::Punct(_), _) => {}
            }
            (before, last) = (last, Some(token));
        }
    }

    /// Reads what follows `use`, or a part of its braces.
    fn import(
        &mut self,
        tree: &[TokenTree],
        scope: &[String],
        before: &[String],
        is_handed_on: bool,
    ) {
        for branch in tree.split(|token| is(token, ',')) {
            let (mut segments, mut name) = (before.to_vec(), None);
            let mut tokens = branch.iter();
            while let Some(token) = tokens.next() {
                match token {
                    TokenTree::Ident(word) if word == "as" => {
                        name = tokens.next().map(ToString::to_string);
                    }
                    TokenTree::Ident(word) if word == "self" && !segments.is_empty() => {}
                    TokenTree::Ident(word) => segments.push(word.to_string()),
                    TokenTree::Group(group) => {
                        let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                        self.import(&inner, scope, &segments, is_handed_on);
                        segments.clear();
                    }
                    // All names of a module, which has no name itself here.
                    token if is(token, '*') => name = Some("*".to_owned()),
                    _ => {}
                }
            }
            if let Some(last) = segments.last() {
                let name = name.unwrap_or_else(|| last.clone());
                let scope = scope.to_vec();
                self.imports.push(Import { scope, segments, name, is_handed_on });
            }
        }
    }
}

/// Whether the two tokens before an item make it public, here or everywhere.
fn is_public(before: Option<&TokenTree>, last: Option<&TokenTree>) -> bool {
    let is_pub =
        |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Ident(word)) if word == "pub");
    is_pub(last) || matches!(last, Some(TokenTree::Group(_))) && is_pub(before)
}

fn is_visibility(tokens: TokenStream) -> bool {
    let first = tokens.into_iter().next().map(|token| token.to_string());
    first.is_some_and(|first| ["crate", "self", "super", "in"].contains(&&*first))
}

/// Whether the two tokens before a name make it a field's, a method's or another crate's.
fn is_of_another(before: Option<&TokenTree>, last: Option<&TokenTree>) -> bool {
    let is = |token: Option<&TokenTree>, character| token.is_some_and(|token| is(token, character));
    is(last, '.') && !is(before, '.') || is(last, ':') && is(before, ':')
}

fn is(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}
