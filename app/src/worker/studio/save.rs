//! Nothing is lost: the project is written to the browser's storage as it happens.

use std::collections::BTreeSet;
use std::rc::Rc;

use medley_core::project::{EntryId, Place, TiledMask};
use wasm_bindgen_futures::spawn_local;

use super::stored::{DOCUMENT, Owner};
use super::{Bench, say};
use crate::storage::{Folder, StorageError};
use crate::worker::clock::next_turn;
use crate::worker::desk::Desk;
use crate::worker::messages::{StorageState, StudioAnswer};

/// What a tuning under way needs to go on.
pub const TUNING: &str = "tuning.safetensors";
/// What was to be tuned.
pub const TUNING_WISH: &str = "tuning.json";

/// What is not stored yet.
#[derive(Debug, Default)]
pub struct Kept {
    /// All but masks, images and models.
    pub document: bool,
    /// New images.
    pub images: BTreeSet<EntryId>,
    /// Changed masks.
    pub masks: BTreeSet<Place>,
    /// New models.
    pub models: BTreeSet<u32>,
}

impl Kept {
    fn is_empty(&self) -> bool {
        !self.document && self.images.is_empty() && self.masks.is_empty() && self.models.is_empty()
    }

    fn add(&mut self, other: Self) {
        self.document |= other.document;
        self.images.extend(other.images);
        self.masks.extend(other.masks);
        self.models.extend(other.models);
    }
}

impl Desk {
    /// Stores what has changed, soon. Called before the change is told, so that nothing counts as stored which is not.
    pub(super) fn save(self: &Rc<Self>) {
        let bench = &self.studio;
        bench.unsaved.borrow_mut().document = true;
        if bench.folder.borrow().is_none() {
            return;
        }
        // Where it did not work the last time that is said until it has.
        if *bench.storage.borrow() == StorageState::Saved {
            bench.tell_storage(StorageState::Saving);
        }
        if bench.saving.replace(true) {
            return;
        }
        let desk = self.clone();
        spawn_local(async move {
            // Strokes that follow each other at once are written together.
            next_turn().await;
            desk.studio.write_all().await;
            desk.studio.saving.set(false);
        });
    }
}

impl Bench {
    /// Tells where the project is kept, where that is new.
    fn tell_storage(&self, state: StorageState) {
        if self.storage.replace(state.clone()) != state {
            say(0, StudioAnswer::Stored(state));
        }
    }

    async fn write_all(&self) {
        let Some(folder) = self.folder.borrow().clone() else { return };
        let mut tidies = true;
        loop {
            let kept = self.unsaved.take();
            if kept.is_empty() {
                self.tell_storage(StorageState::Saved);
                return;
            }
            let Err(error) = self.write(&folder, &kept).await else { continue };
            self.unsaved.borrow_mut().add(kept);
            let full = error == StorageError::Full;
            if full && std::mem::take(&mut tidies) && self.make_room(&folder).await {
                continue;
            }
            // What is in the storage stays there and can be read. Memory holds the rest until the next change, when it is
            // tried again.
            self.tell_storage(if full { StorageState::Full } else { StorageState::Refused });
            return;
        }
    }

    async fn write(&self, folder: &Folder, kept: &Kept) -> Result<(), StorageError> {
        // What people did comes before images, for which there may be no room.
        for at in &kept.masks {
            let file = Owner::Mask(*at).file();
            let bytes = self.project.borrow().stored_mask(*at).map(TiledMask::to_bytes);
            match bytes {
                Some(bytes) => folder.write(&file, &bytes).await?,
                None => folder.remove(&file).await,
            }
        }
        for id in &kept.images {
            let there = self.project.borrow().entry(*id).is_some();
            let bytes = self.files.borrow().get(id).cloned().filter(|_| there);
            if let Some(bytes) = bytes {
                folder.write(&Owner::Image(*id).file(), &bytes).await?;
                self.files.borrow_mut().remove(id);
            }
        }
        for run in &kept.models {
            let medley = self.models.borrow().run(*run);
            if let Some(medley) = medley
                && let Ok(bytes) = medley.to_bytes().await
            {
                folder.write(&Owner::Model(*run).file(), &bytes).await?;
            }
        }
        // Last, so that what it names is there.
        let document = self.project.borrow().document().to_json();
        if let Ok(bytes) = document {
            folder.write(DOCUMENT, &bytes).await?;
        }
        Ok(())
    }

    /// Removes the files of images that were taken out; `false` where there are none. Their bytes stay in memory: an undo
    /// stores them again.
    async fn make_room(&self, folder: &Folder) -> bool {
        let mut made = false;
        for name in folder.names().await.unwrap_or_default() {
            let Some(owner @ (Owner::Image(entry) | Owner::Mask(Place { entry, .. }))) = Owner::of(&name)
            else {
                continue;
            };
            if self.project.borrow().entry(entry).is_some() {
                continue;
            }
            if let Owner::Image(_) = owner {
                let Some(bytes) = folder.read(&name).await else { continue };
                self.files.borrow_mut().insert(entry, Rc::new(bytes));
            }
            folder.remove(&name).await;
            made = true;
        }
        made
    }
}
