//! The changes that suit each kind of image, by what may differ between two pictures of the same thing.

use super::AugmentConfig;
use crate::dataset::Task;

impl AugmentConfig {
    /// Microscopy in colour (histology, blood smears) and other transmitted light: no direction is special;
    /// stain, light, magnification and focus vary.
    pub const MICROSCOPY: Self = Self {
        horizontal_flip: true,
        vertical_flip: true,
        quarter_turns: true,
        rotation: 10.0,
        scale: (0.8, 1.25),
        elastic: 0.03,
        brightness: 0.08,
        contrast: 0.2,
        hue: 8.0,
        saturation: 0.25,
        stain: 0.2,
        blur: 1.0,
        ..Self::NONE
    };

    /// Fluorescence microscopy: no direction is special; exposure, background and focus vary, and few
    /// photons are counted.
    pub const FLUORESCENCE: Self = Self {
        horizontal_flip: true,
        vertical_flip: true,
        quarter_turns: true,
        rotation: 10.0,
        scale: (0.8, 1.25),
        brightness: 0.05,
        gain: 0.3,
        gamma: 0.3,
        blur: 1.0,
        noise: 0.03,
        shot_noise: 0.06,
        ..Self::NONE
    };

    /// Radiographs: people stand upright, but not quite; exposure and film vary.
    pub const XRAY: Self = Self {
        horizontal_flip: true,
        rotation: 10.0,
        scale: (0.85, 1.2),
        translation: 0.05,
        brightness: 0.1,
        contrast: 0.25,
        gamma: 0.25,
        noise: 0.03,
        ..Self::NONE
    };

    /// Slices of CT and other tomography: patients lie in a standard position, bodies differ, values are
    /// calibrated or nearly so.
    pub const TOMOGRAPHY: Self = Self {
        horizontal_flip: true,
        rotation: 8.0,
        scale: (0.9, 1.1),
        translation: 0.03,
        elastic: 0.025,
        brightness: 0.03,
        contrast: 0.15,
        gamma: 0.2,
        noise: 0.03,
        ..Self::NONE
    };

    /// Slices of MR: as [`AugmentConfig::TOMOGRAPHY`], with the uneven sensitivity of the coils.
    pub const MR: Self = Self { gamma: 0.25, bias_field: 0.4, ..Self::TOMOGRAPHY };

    /// Colour photographs of the body (fundus, endoscopy) that have an up and a down.
    pub const PHOTOGRAPH: Self = Self {
        horizontal_flip: true,
        rotation: 10.0,
        scale: (0.85, 1.2),
        translation: 0.05,
        brightness: 0.08,
        contrast: 0.2,
        gamma: 0.2,
        hue: 8.0,
        saturation: 0.25,
        blur: 1.0,
        ..Self::NONE
    };

    /// The set for a task, by the words of its modality; where none fits, the mild one for tomography.
    /// Images are not mirrored when a class is a side of the body (`left_lung`).
    pub fn for_task(task: &Task) -> Self {
        let mut config = Self::for_modality(&task.modality);
        if task.classes.iter().any(|class| words(class).any(|word| word == "left" || word == "right")) {
            // A half turn keeps sides apart, a mirror image swaps them.
            config.horizontal_flip = false;
            config.vertical_flip = false;
        }
        config
    }

    fn for_modality(modality: &str) -> Self {
        let text = modality.to_lowercase();
        let says = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
        let word = |wanted: &[&str]| words(&text).any(|word| wanted.contains(&word.as_str()));
        if says(&["fluoresc", "confocal", "light-sheet", "light sheet"]) {
            Self::FLUORESCENCE
        } else if says(&["microscop", "histolog", "patholog", "cytolog", "stain", "smear", "dermatoscop"])
            || says(&["dermoscop"])
        {
            Self::MICROSCOPY
        } else if says(&["computed tomography"]) || word(&["ct"]) {
            Self::TOMOGRAPHY
        } else if says(&["x-ray", "xray", "radiogra", "mammogra", "ultraso"]) {
            Self::XRAY
        } else if says(&["fundus", "endoscop", "photogra"]) {
            Self::PHOTOGRAPH
        } else if says(&["magnetic resonance"]) || word(&["mr", "mri"]) {
            Self::MR
        } else {
            Self::TOMOGRAPHY
        }
    }
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::TaskKind;

    fn set(modality: &str, classes: &[&str]) -> AugmentConfig {
        AugmentConfig::for_task(&Task {
            id: "task".to_owned(),
            kind: TaskKind::Segmentation,
            instances: None,
            scaling: Vec::new(),
            classes: classes.iter().map(|class| (*class).to_owned()).collect(),
            modality: modality.to_owned(),
            input_size: 64,
        })
    }

    #[test]
    fn sets_follow_the_words_of_the_modality() {
        for (modality, expected) in [
            ("microscopy (fluorescence)", AugmentConfig::FLUORESCENCE),
            ("synthetic microscopy, fluorescence nuclei", AugmentConfig::FLUORESCENCE),
            ("microscopy (brightfield, stained blood smear)", AugmentConfig::MICROSCOPY),
            ("microscopy (ssTEM electron microscopy)", AugmentConfig::MICROSCOPY),
            ("histology (H&E)", AugmentConfig::MICROSCOPY),
            ("X-ray (adult chest)", AugmentConfig::XRAY),
            ("Chest radiograph", AugmentConfig::XRAY),
            ("X-ray computed tomography", AugmentConfig::TOMOGRAPHY),
            ("tomography (CT, 2D slices)", AugmentConfig::TOMOGRAPHY),
            ("tomography (MR, T1, 3D)", AugmentConfig::MR),
            ("brain MRI", AugmentConfig::MR),
            ("fundus photography", AugmentConfig::PHOTOGRAPH),
            ("optical coherence tomography", AugmentConfig::TOMOGRAPHY),
            ("", AugmentConfig::TOMOGRAPHY),
        ] {
            assert_eq!(set(modality, &["background", "object"]), expected, "{modality}");
        }
    }

    #[test]
    fn only_pictures_of_a_microscope_are_turned() {
        use crate::imaging::{Format, Modality, Origin};
        let origin = |format, modality| Origin { format, modality };
        for (origin, expected) in [
            (origin(Format::Png, None), AugmentConfig::MICROSCOPY),
            (origin(Format::Tiff, Some(Modality::Microscopy)), AugmentConfig::MICROSCOPY),
            (origin(Format::Dicom, Some(Modality::Microscopy)), AugmentConfig::MICROSCOPY),
            (origin(Format::Dicom, Some(Modality::Ct)), AugmentConfig::TOMOGRAPHY),
            (origin(Format::Dicom, Some(Modality::Mr)), AugmentConfig::MR),
            (origin(Format::Dicom, Some(Modality::Radiograph)), AugmentConfig::XRAY),
            (origin(Format::Dicom, Some(Modality::Ultrasound)), AugmentConfig::XRAY),
            (origin(Format::Dicom, None), AugmentConfig::TOMOGRAPHY),
            (origin(Format::Nifti, None), AugmentConfig::TOMOGRAPHY),
        ] {
            let set = set(origin.words(), &["background", "object"]);
            assert_eq!(set, expected, "{origin:?}");
            let turns = expected == AugmentConfig::MICROSCOPY;
            assert_eq!((set.quarter_turns, set.vertical_flip), (turns, turns), "{origin:?}");
        }
    }

    #[test]
    fn sides_of_the_body_are_never_mirrored() {
        for class in ["left_lung", "femur-right", "Right kidney"] {
            let config = set("X-ray (adult chest)", &["background", class]);
            assert_eq!(config, AugmentConfig { horizontal_flip: false, ..AugmentConfig::XRAY });
        }
        assert_eq!(set("X-ray", &["upright", "bright"]), AugmentConfig::XRAY);
    }

    #[test]
    fn what_stands_upright_is_never_turned_over() {
        for config in
            [AugmentConfig::XRAY, AugmentConfig::TOMOGRAPHY, AugmentConfig::MR, AugmentConfig::PHOTOGRAPH]
        {
            assert!(!config.vertical_flip && !config.quarter_turns && config.rotation <= 10.0);
        }
    }

    #[test]
    fn every_set_passes_its_own_check_and_keeps_magnification_moderate() {
        for config in [
            AugmentConfig::MICROSCOPY,
            AugmentConfig::FLUORESCENCE,
            AugmentConfig::XRAY,
            AugmentConfig::TOMOGRAPHY,
            AugmentConfig::MR,
            AugmentConfig::PHOTOGRAPH,
        ] {
            assert_eq!(config.check(), Ok(()));
            assert!(0.7 <= config.scale.0 && config.scale.1 <= 1.4);
        }
    }
}
