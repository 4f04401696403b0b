//! A manager puts documents on file for the authority.

use super::commit::Failure;
use crate::country::DocumentKind;
use crate::ids::FileDigest;
use crate::ports::{CommitFault, Details, Document, SaleStore};
use crate::sale::{Command, Sale, decide, evolve};
use crate::{DealershipId, EmployeeId, SaleId};
use jiff::Timestamp;

/// How often it is decided again where somebody else changed the sale.
const MAX_TRIES: usize = 8;

/// How many documents a sale has at most: it bounds the item.
pub const MAX_DOCUMENTS: usize = 40;

/// A manager's request.
#[derive(Debug, Clone)]
pub struct Input {
    /// Which sale.
    pub sale: SaleId,
    /// The manager's dealership; another's sale doesn't exist for it.
    pub dealership: DealershipId,
    /// Who.
    pub by: EmployeeId,
    /// What each is, and its file's digest.
    pub documents: Vec<(DocumentKind, FileDigest)>,
}

/// Why they are not on file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordFailure {
    /// Enough is enough.
    #[error("the sale has {MAX_DOCUMENTS} documents")]
    TooMany,
    /// As [`Failure`].
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// Records each once; another file of a kind is added to those before it. What waits for them goes on.
pub async fn record_documents(store: &impl SaleStore, input: Input, now: Timestamp) -> Result<(Sale, Details), RecordFailure> {
    let Input { sale: id, dealership, by, documents } = input;
    for _ in 0..MAX_TRIES {
        let found = store.sale_with_details(id).await.map_err(Failure::from)?;
        let (sale, mut details) = found.filter(|(sale, _)| sale.dealership == dealership).ok_or(Failure::NotFound)?;
        let known = |(kind, sha256): &&(DocumentKind, FileDigest)| {
            !details.documents.iter().any(|known| known.kind == *kind && known.sha256 == *sha256)
        };
        let fresh: Vec<_> = documents.iter().filter(known).cloned().collect();
        if fresh.is_empty() {
            return Ok((sale, details));
        }
        if details.documents.len().saturating_add(fresh.len()) > MAX_DOCUMENTS {
            return Err(RecordFailure::TooMany);
        }
        let kinds = fresh.iter().map(|(kind, _)| *kind).collect();
        let events = decide(&sale, Command::RecordDocuments(kinds), now).map_err(Failure::from)?;
        let next = evolve(&sale, &events, now);
        details.documents.extend(fresh.into_iter().map(|(kind, sha256)| Document { kind, sha256, by: by.clone(), at: now }));
        match store.commit_with_details(&next, &details).await {
            Ok(()) => return Ok((next, details)),
            Err(CommitFault::Conflict | CommitFault::VehicleHeld) => {}
            Err(CommitFault::Store(fault)) => return Err(Failure::from(fault).into()),
        }
    }
    Err(Failure::Contended.into())
}
