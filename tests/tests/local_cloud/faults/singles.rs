//! Every call site of the lifecycle x every fault, one fault a sale, many sales side by side; then
//! some sales with several faults at random. The call sites are those of undisturbed sales, so that
//! a new one joins by itself.

use super::audit::{Ended, audit};
use super::road::{Road, Walk};
use crate::contracts::aws;
use crate::plans::put_unbuildable;
use adapters::DynamoSales;
use anyhow::{Context, Result, ensure};
use proxy::{Fault, Proxy, Rule, Target, Tries};
use stack::{Settings, Stack};
use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::hash::{BuildHasher, RandomState};
use std::rc::Rc;
use std::time::Duration;
use testkit::rng::Rng;
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, LocalSet};
use tools::narrator::Narrator;

/// How many sales run side by side.
const AT_ONCE: usize = 48;
/// Of a function's calls to one operation in a sale's life, how many are call sites; those of AWS
/// on the first road that has them. `FAULTS=all` takes all, on each road.
const OCCURRENCES: u32 = 2;
/// Sales with several faults at random.
const RANDOM: usize = 20;
/// How many faults each of those meets.
const FAULTS: usize = 3;

/// After an AWS client's deadline for one try, which is 3 s; the second try overtakes the first.
const LATE: Duration = Duration::from_millis(3_500);
/// After the deadline for a partner's answer, which is 10 s.
const LATE_AT_A_PARTNER: Duration = Duration::from_millis(10_500);

type Kind = (&'static str, Fault, Tries);

/// What can happen to a call of AWS.
const AT_AWS: [Kind; 7] = [
    ("never arrives", Fault::Drop, Tries::Every),
    ("fails", Fault::Fail, Tries::Every),
    ("is throttled", Fault::Throttle, Tries::Every),
    ("loses its first answer", Fault::LoseAnswer, Tries::First),
    ("loses every answer", Fault::LoseAnswer, Tries::Every),
    ("arrives late", Fault::Delay(LATE), Tries::First),
    ("arrives twice", Fault::Duplicate, Tries::First),
];

/// What can happen to a call of a partner, which has one try.
const AT_A_PARTNER: [Kind; 6] = [
    ("never arrives", Fault::Drop, Tries::First),
    ("fails", Fault::Fail, Tries::First),
    ("is throttled", Fault::Throttle, Tries::First),
    ("loses its answer", Fault::LoseAnswer, Tries::First),
    ("arrives late", Fault::Delay(LATE_AT_A_PARTNER), Tries::First),
    ("arrives twice", Fault::Duplicate, Tries::First),
];

/// One call of a sale's life: the `place`-th that the function makes to the operation on this road.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Site {
    road: Road,
    target: Target,
    function: String,
    operation: String,
    place: u32,
}

impl Site {
    fn kinds(&self) -> &'static [Kind] {
        if self.target == Target::Cloud { &AT_AWS } else { &AT_A_PARTNER }
    }

    fn copies(&self) -> usize {
        // Each try of a mail's call can send it; any other call can have its message delivered
        // again.
        if self.operation == "SES.SendEmail" { 3 } else { 1 }
    }
}

/// A stack of its own, whose deadlines come soon.
struct Field {
    stack: Stack,
    store: DynamoSales,
}

impl Field {
    async fn new() -> Result<Self> {
        let settings = Settings {
            signal_payment_window: 60,
            final_payment_window: 60,
            vehicle_window: 12,
            recheck: 3,
            queue_visibility: 30,
            ..Settings::default()
        };
        let stack = Stack::start(&settings, &Narrator::default()).await?;
        put_unbuildable(&stack.api("HQ", &["product"]).await?).await?;
        let store = DynamoSales::new(&aws(&stack)?, stack.output("TableName")?.to_owned());
        Ok(Self { stack, store })
    }

    fn proxies(&self) -> [(Target, &Proxy); 3] {
        let Stack { cloud_proxy, gateway_proxy, partners_proxy, .. } = &self.stack;
        [
            (Target::Cloud, cloud_proxy),
            (Target::Gateway, gateway_proxy),
            (Target::Partners, partners_proxy),
        ]
    }

    fn inject(&self, email: &str, site: &Site, (_, fault, tries): Kind) {
        let rule = Rule::next(&site.function, &site.operation, fault)
            .after(site.place)
            .at(tries)
            .about(email);
        for (_, proxy) in self.proxies().into_iter().filter(|(target, _)| *target == site.target) {
            proxy.inject(rule.clone());
        }
    }

    /// The calls of undisturbed sales, one on each road.
    fn sites(&self, ended: &[Ended]) -> Vec<Site> {
        let all = env::var_os("FAULTS").is_some_and(|wanted| wanted == "all");
        let (mut sites, mut known) = (Vec::new(), BTreeSet::new());
        for Ended { road, email, .. } in ended {
            let mut places = BTreeMap::<_, u32>::new();
            for (target, proxy) in self.proxies() {
                for call in proxy
                    .calls()
                    .into_iter()
                    .filter(|call| call.about.as_deref() == Some(email) && !call.again)
                {
                    let next =
                        places.entry((call.function.clone(), call.operation.clone())).or_default();
                    let place = *next;
                    *next += 1;
                    let new = known.insert((call.function.clone(), call.operation.clone(), place));
                    // A partner answers another thing on each road.
                    let kept = all || (place < OCCURRENCES && (new || target != Target::Cloud));
                    if kept && call.function != "-" {
                        sites.push(Site {
                            road: *road,
                            target,
                            function: call.function,
                            operation: call.operation,
                            place,
                        });
                    }
                }
            }
        }
        sites
    }
}

/// A sale to be walked.
struct Planned {
    road: Road,
    email: String,
    /// What is to happen, in words.
    story: String,
    copies: usize,
}

/// Walks all of them, at most [`AT_ONCE`] at a time. Answers those that ended, and what went wrong.
async fn walk_all(field: &Rc<Field>, planned: Vec<Planned>) -> Result<(Vec<Ended>, Vec<String>)> {
    let (permits, mut walks) = (Rc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
    for Planned { road, email, story, copies } in planned {
        let (field, permits) = (Rc::clone(field), Rc::clone(&permits));
        walks.spawn_local(async move {
            let walk = Walk { stack: &field.stack, store: &field.store, road, email: &email };
            let walked = async {
                let permit = permits.acquire().await?;
                let id = walk.walk().await?;
                // Who waits for a deadline takes nobody's place.
                drop(permit);
                walk.ended(id).await?;
                anyhow::Ok(id)
            };
            match walked.await {
                Ok(id) => Ok(Ended { id, road, email, story, copies }),
                Err(fault) => Err(format!("{email} ({road:?}: {story}): {fault:#}")),
            }
        });
    }
    let (mut ended, mut wrong) = (Vec::new(), Vec::new());
    while let Some(walk) = walks.join_next().await {
        match walk? {
            Ok(sale) => ended.push(sale),
            Err(fault) => {
                println!("{fault}");
                wrong.push(fault);
            }
        }
    }
    Ok((ended, wrong))
}

pub(super) async fn every_single_fault() -> Result<()> {
    LocalSet::new().run_until(walk_with_each_fault()).await
}

async fn walk_with_each_fault() -> Result<()> {
    let field = Rc::new(Field::new().await?);
    let calm = |road: Road| {
        let email = format!("calm-{road:?}@example.com").to_lowercase();
        Planned { road, email, story: "nothing fails".to_owned(), copies: 0 }
    };
    let (mut ended, wrong) = walk_all(&field, Road::ALL.map(calm).into()).await?;
    ensure!(wrong.is_empty(), "undisturbed: {wrong:#?}");
    let wrong = audit(&field.stack, &field.store, &ended).await?;
    ensure!(wrong.is_empty(), "undisturbed: {wrong:#?}");
    ended.sort_by_key(|sale| sale.road);
    let sites = field.sites(&ended);

    let mut planned = Vec::new();
    let singles = sites.iter().flat_map(|site| site.kinds().iter().map(move |kind| (site, kind)));
    let (part, parts) = part()?;
    for (place, (site, kind)) in singles.enumerate() {
        if place % parts == part {
            let email = format!("single-{}@example.com", planned.len());
            field.inject(&email, site, *kind);
            let story = format!(
                "call {} of {} to {} {}",
                site.place + 1,
                site.function,
                site.operation,
                kind.0
            );
            planned.push(Planned { road: site.road, email, story, copies: site.copies() });
        }
    }
    let walked = planned.len();
    let seed = match env::var_os("FAULTS_SEED") {
        Some(seed) => seed.to_string_lossy().parse().context("FAULTS_SEED is a number")?,
        None => RandomState::new().hash_one(()),
    };
    planned.extend(random(&field, &sites, seed)?);
    let of_these = if parts == 1 {
        String::new()
    } else {
        format!(", of which part {} of {parts}: {walked}", part + 1)
    };
    let by_target =
        |cloud: bool| sites.iter().filter(|site| (site.target == Target::Cloud) == cloud).count();
    let counts = format!(
        "{} call sites at AWS x {} faults + {} at partners x {} = {} singles{of_these}, and {RANDOM} sales with {FAULTS} random \
         faults (FAULTS_SEED={seed})",
        by_target(true),
        AT_AWS.len(),
        by_target(false),
        AT_A_PARTNER.len(),
        by_target(true) * AT_AWS.len() + by_target(false) * AT_A_PARTNER.len(),
    );
    println!("{counts}");
    // Who waits for a deadline begins first.
    planned.sort_by_key(|sale| !matches!(sale.road, Road::Unpaid | Road::Lapsed));
    let (ended, mut wrong) = walk_all(&field, planned).await?;
    wrong.extend(audit(&field.stack, &field.store, &ended).await?);
    let unmet: Vec<Rule> =
        field.proxies().into_iter().flat_map(|(_, proxy)| proxy.calm()).collect();
    let unmet = unmet
        .iter()
        .filter(|rule| rule.about.as_ref().is_some_and(|about| about.starts_with("single")));
    // A second call may come of a moment's chance, such as a recheck: a sale without it met
    // nothing.
    let (by_chance, missed): (Vec<&Rule>, _) = unmet.partition(|rule| rule.skip > 0);
    for rule in &by_chance {
        println!("no second call this time: {rule:?}");
    }
    wrong.extend(missed.into_iter().map(|rule| format!("no call met the fault: {rule:?}")));
    println!("{counts}: {} met no second call, {} violations", by_chance.len(), wrong.len());
    ensure!(wrong.is_empty(), "{counts}: {wrong:#?}");
    Ok(())
}

/// Which part of the singles is walked, of how many: `FAULTS=2/4` is the second quarter.
fn part() -> Result<(usize, usize)> {
    let wanted = env::var_os("FAULTS").unwrap_or_default();
    let wanted = wanted.to_string_lossy();
    let Some((part, parts)) = wanted.split_once('/') else { return Ok((0, 1)) };
    let (part, parts): (usize, usize) = (part.parse()?, parts.parse()?);
    ensure!(part >= 1 && part <= parts, "FAULTS={wanted} names no part");
    Ok((part - 1, parts))
}

/// Sales on which several faults fall.
fn random(field: &Field, sites: &[Site], seed: u64) -> Result<Vec<Planned>> {
    let mut rng = Rng::new(seed);
    let mut planned = Vec::new();
    for number in 0..RANDOM {
        let (email, mut story, mut copies) =
            (format!("random-{number}@example.com"), Vec::new(), 0);
        let mut road = Road::Paid;
        for fault in 0..FAULTS {
            // The first one chooses the road.
            let of_this_road: Vec<&Site> =
                sites.iter().filter(|site| fault == 0 || site.road == road).collect();
            let site = rng.pick(&of_this_road).copied().context("there is no call site")?;
            let kind = rng.pick(site.kinds()).context("there is no fault")?;
            road = site.road;
            field.inject(&email, site, *kind);
            copies += site.copies();
            story.push(format!(
                "call {} of {} to {} {}",
                site.place + 1,
                site.function,
                site.operation,
                kind.0
            ));
        }
        planned.push(Planned { road, email, story: story.join("; "), copies });
    }
    Ok(planned)
}
