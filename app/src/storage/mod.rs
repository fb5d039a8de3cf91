//! Files in the browser's own storage (the origin-private file system): nothing of it leaves the computer.
//!
//! A file is written beside the old one and takes its place when it is complete, so that a tab which is closed in the
//! middle leaves the old one.

mod lock;

pub use lock::hold;

use js_sys::{ArrayBuffer, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, DedicatedWorkerGlobalScope, File, FileSystemDirectoryHandle, FileSystemFileHandle,
    FileSystemGetDirectoryOptions, FileSystemGetFileOptions, FileSystemRemoveOptions,
    FileSystemWritableFileStream,
};

/// Why something was not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageError {
    /// The browser gives no storage: a private window, or a setting.
    Refused,
    /// There is no room.
    Full,
}

/// A folder of files.
#[derive(Clone, Debug)]
pub struct Folder(FileSystemDirectoryHandle);

impl Folder {
    /// The folder of all folders.
    ///
    /// # Errors
    /// [`StorageError::Refused`] where the browser gives no storage.
    pub async fn root() -> Result<Self, StorageError> {
        let refused = |_: JsValue| StorageError::Refused;
        let scope: DedicatedWorkerGlobalScope =
            js_sys::global().dyn_into().map_err(|_| StorageError::Refused)?;
        // Looked up by name first: where it does not exist, calling it would be an exception.
        let navigator = scope.navigator();
        let storage = Reflect::get(&navigator, &"storage".into()).map_err(refused)?;
        if !storage.is_object() {
            return Err(StorageError::Refused);
        }
        let root = JsFuture::from(navigator.storage().get_directory()).await.map_err(refused)?;
        Ok(Self(root.unchecked_into()))
    }

    /// The folder of this name in it; made where there is none.
    ///
    /// # Errors
    /// [`StorageError::Refused`] where the browser does not give it.
    pub async fn folder(&self, name: &str) -> Result<Self, StorageError> {
        let options = FileSystemGetDirectoryOptions::new();
        options.set_create(true);
        let folder = JsFuture::from(self.0.get_directory_handle_with_options(name, &options)).await;
        Ok(Self(folder.map_err(|_| StorageError::Refused)?.unchecked_into()))
    }

    /// The bytes of a file; `None` where there is none, or it cannot be read.
    pub async fn read(&self, name: &str) -> Option<Vec<u8>> {
        self.find(name).await.ok().flatten()
    }

    /// The bytes of a file; `None` where there is none.
    ///
    /// # Errors
    /// [`StorageError::Refused`] where there may be one, but the browser does not give it.
    pub async fn find(&self, name: &str) -> Result<Option<Vec<u8>>, StorageError> {
        let handle: FileSystemFileHandle = match JsFuture::from(self.0.get_file_handle(name)).await {
            Ok(handle) => handle.unchecked_into(),
            Err(error) if name_of(&error).as_deref() == Some("NotFoundError") => return Ok(None),
            Err(_) => return Err(StorageError::Refused),
        };
        let refused = |_: JsValue| StorageError::Refused;
        let file = opened(&handle).await.map_err(refused)?;
        bytes_of(&file).await.map(Some).map_err(refused)
    }

    /// The first `length` bytes of a file, or all; `None` where there is none, or it cannot be read.
    pub async fn read_head(&self, name: &str, length: u32) -> Option<Vec<u8>> {
        let handle = JsFuture::from(self.0.get_file_handle(name)).await.ok()?;
        let file = opened(&handle.unchecked_into()).await.ok()?;
        let head = file.slice_with_f64_and_f64(0.0, f64::from(length)).ok()?;
        bytes_of(&head).await.ok()
    }

    /// Writes a file, in the place of an old one.
    ///
    /// # Errors
    /// When there is no room, or the browser refuses.
    pub async fn write(&self, name: &str, bytes: &[u8]) -> Result<(), StorageError> {
        self.try_write(name, bytes).await.map_err(|error| match name_of(&error).as_deref() {
            Some("QuotaExceededError") => StorageError::Full,
            _ => StorageError::Refused,
        })
    }

    async fn try_write(&self, name: &str, bytes: &[u8]) -> Result<(), JsValue> {
        let options = FileSystemGetFileOptions::new();
        options.set_create(true);
        let handle = JsFuture::from(self.0.get_file_handle_with_options(name, &options)).await?;
        let handle: FileSystemFileHandle = handle.unchecked_into();
        let stream: FileSystemWritableFileStream =
            JsFuture::from(handle.create_writable()).await?.unchecked_into();
        let array = Uint8Array::new_from_slice(bytes);
        JsFuture::from(stream.write_with_js_u8_array(&array)?).await?;
        JsFuture::from(stream.close()).await?;
        Ok(())
    }

    /// Takes a file away; nothing happens where there is none.
    pub async fn remove(&self, name: &str) {
        // It may not be there.
        let _ = JsFuture::from(self.0.remove_entry_with_options(name, &FileSystemRemoveOptions::new())).await;
    }

    /// Names of all files and folders in it.
    ///
    /// # Errors
    /// [`StorageError::Refused`] where the browser does not tell all of them.
    pub async fn names(&self) -> Result<Vec<String>, StorageError> {
        let refused = |_: JsValue| StorageError::Refused;
        let keys = self.0.keys();
        let mut names = Vec::new();
        loop {
            let next = JsFuture::from(keys.next().map_err(refused)?).await.map_err(refused)?;
            let value = Reflect::get(&next, &"value".into()).map_err(refused)?;
            // After the last one there is nothing.
            let Some(name) = value.as_string() else { return Ok(names) };
            names.push(name);
        }
    }
}

async fn opened(handle: &FileSystemFileHandle) -> Result<File, JsValue> {
    Ok(JsFuture::from(handle.get_file()).await?.unchecked_into())
}

async fn bytes_of(blob: &Blob) -> Result<Vec<u8>, JsValue> {
    let buffer: ArrayBuffer = JsFuture::from(blob.array_buffer()).await?.unchecked_into();
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// The name of an exception.
fn name_of(error: &JsValue) -> Option<String> {
    Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string())
}
