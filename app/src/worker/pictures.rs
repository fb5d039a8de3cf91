//! Images: the built-in ones, and those that visitors open.

use std::rc::Rc;

use js_sys::Uint8Array;
use medley_core::imaging::{Image, ImageError, Pixels, decode};
use medley_core::synth;

use super::desk::Desk;
use super::entry::send;
use super::messages::{Answer, MAX_PIXELS, Picture, Refusal, RequestId, Scene};

/// The built-in samples never change.
const SEED: u64 = 7;

/// Sends a small picture of a scene.
pub fn thumbnail(id: RequestId, scene: Scene, side: u32) {
    let image = sample(scene, side);
    let (width, height) = (image.width() as u32, image.height() as u32);
    send(id, &Answer::Thumbnail { scene, width, height }, Some(&Uint8Array::new_from_slice(&rgba(&image))));
}

/// Makes a built-in sample the current image.
pub fn open_sample(desk: &Desk, id: RequestId, scene: Scene, side: u32) {
    open(desk, id, sample(scene, side));
}

/// Makes a file the current image.
pub fn open_file(desk: &Desk, id: RequestId, bytes: Option<&Uint8Array>) {
    let bytes = bytes.map(Uint8Array::to_vec).unwrap_or_default();
    match decode(&bytes, MAX_PIXELS as usize) {
        // Of a volume the middle slice, where there is most to see; a single picture is its own.
        Ok(image) => open(desk, id, image.slice(image.slices() / 2).unwrap_or(image)),
        Err(error) => send(id, &Answer::Refused(refusal(error)), None),
    }
}

fn open(desk: &Desk, id: RequestId, image: Image) {
    let picture = Picture {
        width: image.width() as u32,
        height: image.height() as u32,
        channels: image.channels() as u8,
        bits: image.pixels().bits() as u8,
    };
    let pixels = Uint8Array::new_from_slice(&rgba(&image));
    desk.image.replace(Some(Rc::new(image)));
    send(id, &Answer::Opened(picture), Some(&pixels));
}

fn sample(scene: Scene, side: u32) -> Image {
    let scene = match scene {
        Scene::Fluorescence => synth::Scene::Fluorescence,
        Scene::Slide => synth::Scene::Slide,
        Scene::Radiograph => synth::Scene::Radiograph,
        Scene::Tomograph => synth::Scene::Tomograph,
    };
    synth::sample(scene, side as usize, SEED).image
}

/// Four bytes per pixel for the screen.
pub(super) fn rgba(image: &Image) -> Vec<u8> {
    let step = image.channels();
    let mut out = Vec::with_capacity(image.width() * image.height() * 4);
    let mut add = |values: [u8; 3]| out.extend([values[0], values[1], values[2], 255]);
    if let Pixels::U8(values) = image.pixels() {
        values.chunks_exact(step).for_each(|pixel| add([pixel[0], pixel[step / 2], pixel[step - 1]]));
    } else {
        let planes = image.to_unit_planes();
        let area = image.width() * image.height();
        let byte = |value: f32| (value * 255.0).round() as u8;
        (0..area).for_each(|at| add([0, 1, 2].map(|plane| byte(planes[plane * area + at]))));
    }
    out
}

pub(super) fn refusal(error: ImageError) -> Refusal {
    match error {
        ImageError::UnknownFormat => Refusal::UnknownFormat,
        ImageError::TooLarge { width, height, .. } => {
            Refusal::TooLarge { width: width as u32, height: height as u32 }
        }
        other => Refusal::Damaged(other.to_string()),
    }
}
