//! Turns what differs into files on disk, so that a run that is stopped at any moment is completed by the next.

use std::path::Path;

use crate::tree::compare::{Change, Remains, Verdict};
use crate::tree::error::{Foreign, TreeError};
use crate::tree::hand::Hand;
use crate::tree::hold::Held;
use crate::tree::lock::Lock;
use crate::tree::path::{ArtifactPath, LOCK};
use crate::tree::step::{Ask, Steps};
use crate::tree::{Artifact, Mode};

/// What may be overwritten that is not ours.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// These files, and those in these folders: hand-edited ones, unmanaged ones, edited orphans.
    pub force: &'a [ArtifactPath],
    /// Every file that we never wrote; and every file while the lock has merge-conflict marks.
    pub adopt: bool,
    /// The system that the files belong to. A folder that another one's lie in is refused unless files are adopted.
    pub system: Option<&'a str>,
}

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// The files that were created or replaced.
    pub written: Vec<ArtifactPath>,
    /// The orphans that were removed.
    pub removed: Vec<ArtifactPath>,
    /// The orphans that were left, because someone edited them.
    pub kept: Vec<ArtifactPath>,
}

/// Makes the folder hold what was compiled. Either nothing at all is touched, because a file is not ours, or every
/// change is carried out; paths without a change keep their place in the lock. The changes are those that were found
/// since the folder is held.
pub fn write(held: &mut Held, changes: &[Change], options: &Options) -> Result<Written, TreeError> {
    write_stepwise(held, changes, options, &mut |_, _| Ok(()))
}

/// Says whether [`write()`] would refuse to touch anything, without touching anything.
///
/// # Errors
/// What stands in the way.
pub fn verify(changes: &[Change], options: &Options, lock: &Lock) -> Result<(), TreeError> {
    refuse(changes, options, lock)
}

/// Does the work of [`write`].
pub(super) fn write_stepwise(
    held: &mut Held,
    changes: &[Change],
    options: &Options,
    ask: Ask,
) -> Result<Written, TreeError> {
    if changes.iter().all(Change::is_settled) && !held.is_there() {
        return Ok(Written::default());
    }
    held.make()?;
    let root = held.root();
    let (lock, text) = Lock::read_with_text(root)?;
    options.refuse_other_system(root, &lock)?;
    let plan = Plan::new(changes, options, &lock)?;
    let mut hand = Hand { root, steps: Steps(ask) };
    hand.clear_litter(&lock)?;
    let mut recorded = text.unwrap_or_default();
    let mut record = |hand: &mut Hand, lock: &Lock| {
        let rendered = lock.render();
        let same = recorded.lines().eq(rendered.lines());
        let nothing = recorded.is_empty() && *lock == Lock::default();
        if same || nothing {
            return Ok(());
        }
        hand.replace(LOCK, &rendered, Mode::Plain)?;
        recorded = rendered;
        Ok(())
    };
    if !plan.write.is_empty() {
        record(&mut hand, &plan.pending)?;
    }
    let mut done = Written { kept: plan.kept, ..Written::default() };
    // Orphans go first: a file may become a folder, or a folder a file.
    for change in plan.remove {
        if hand.remove(change)? {
            done.removed.push(change.path.clone());
        }
    }
    for (change, artifact) in plan.write {
        hand.write(change, artifact)?;
        done.written.push(change.path.clone());
    }
    record(&mut hand, &plan.done)?;
    Ok(done)
}

/// What a run is going to do, once nothing forbids it.
struct Plan<'a> {
    remove: Vec<&'a Change<'a>>,
    write: Vec<(&'a Change<'a>, &'a Artifact)>,
    kept: Vec<ArtifactPath>,
    /// The lock while files are written.
    pending: Lock,
    /// The lock when all are written.
    done: Lock,
}

/// Refuses to overwrite what is not ours or never replaced.
fn refuse(changes: &[Change], options: &Options, lock: &Lock) -> Result<(), TreeError> {
    let mut refused = Vec::new();
    for change in changes {
        if let Verdict::Blocked(block) = &change.verdict {
            let (path, block) = (change.path.clone(), block.clone());
            return Err(TreeError::Blocked { path, block });
        }
        if change.new.is_some() {
            refused.extend(options.refuse(change, lock));
        }
    }
    match (refused.is_empty(), lock.conflict()) {
        (true, _) => Ok(()),
        (false, None) => Err(TreeError::Refused { files: refused }),
        (false, Some(line)) => {
            let files = refused.into_iter().map(|(path, _)| path).collect();
            Err(TreeError::LockConflict { line, files })
        }
    }
}

impl<'a> Plan<'a> {
    fn new(changes: &'a [Change], options: &Options, lock: &Lock) -> Result<Self, TreeError> {
        refuse(changes, options, lock)?;
        let mut done = lock.settled();
        if let Some(system) = options.system {
            done.set_system(system);
        }
        let mut plan = Self {
            remove: Vec::new(),
            write: Vec::new(),
            kept: Vec::new(),
            pending: done.clone(),
            done,
        };
        for change in changes {
            match change.new {
                None => plan.orphan(change, options),
                Some(artifact) => plan.compiled(change, artifact),
            }
        }
        Ok(plan)
    }

    fn orphan(&mut self, change: &'a Change, options: &Options) {
        if change.verdict == Verdict::Orphan(Remains::Edited) && !options.forces(change.path) {
            self.kept.push(change.path.clone());
            return;
        }
        self.remove.push(change);
        self.done.remove(change.path);
    }

    fn compiled(&mut self, change: &'a Change, artifact: &'a Artifact) {
        let hash = *artifact.hash();
        self.done.set_written(change.path, hash, artifact.mode);
        if change.verdict != Verdict::Current {
            self.pending.set_pending(change.path, hash, artifact.mode);
            self.write.push((change, artifact));
        }
    }
}

impl Options<'_> {
    /// Whether a file may be overwritten whatever it holds.
    pub fn forces(&self, path: &ArtifactPath) -> bool {
        self.force.iter().any(|forced| path.is_within(forced))
    }

    fn refuse_other_system(&self, root: &Path, lock: &Lock) -> Result<(), TreeError> {
        let Some(ours) = self.system.filter(|_| !self.adopt) else { return Ok(()) };
        lock.other_system(ours)
            .map_or(Ok(()), |theirs| Err(TreeError::other_system(root, theirs, ours)))
    }

    /// Whose file a change would overwrite without leave.
    fn refuse(&self, change: &Change, lock: &Lock) -> Option<(ArtifactPath, Foreign)> {
        let unsure = lock.conflict().is_some();
        let whose = match change.verdict {
            Verdict::HandEdited => Foreign::HandEdited,
            Verdict::Unmanaged => Foreign::Unmanaged,
            Verdict::Stale if unsure => Foreign::HandEdited,
            _ => return None,
        };
        let adopted = self.adopt && (unsure || whose == Foreign::Unmanaged);
        (!adopted && !self.forces(change.path)).then(|| (change.path.clone(), whose))
    }
}
