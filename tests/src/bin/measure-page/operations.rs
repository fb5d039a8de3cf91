//! Floating-point operations of the bundled model, counted from its shapes. A multiplication with its addition counts as
//! two; norms and activations, which are few against convolutions and products of matrices, are left out.

use medley_core::model::Preset;

/// Of a training step of decoder and head per image of `side` x `side` pixels: forward, and twice as much backward, for
/// the gradients of the maps and of the weights.
pub fn decoder_step(side: usize) -> f64 {
    let config = Preset::Nano.config();
    let [c4, c8, c16, _] = config.encoder.channels();
    let widths = config.pixel.widths;
    // The image with 2x2 pixels folded into channels.
    let folded = 12;
    let inputs = [config.squeeze + c16, widths[0] + c8, widths[1] + c4, widths[2] + folded];
    let blocks = (0..4).map(|block| {
        let side = side >> (4 - block);
        conv3x3(inputs[block], widths[block], side) + conv3x3(widths[block], widths[block], side)
    });
    let finest = conv3x3(widths[3] + folded, 4 * config.pixel.embedding, side / 2);
    let head = conv3x3(config.pixel.embedding, 2, side);
    3.0 * (blocks.sum::<f64>() + finest + head)
}

/// Of the encoder's forward pass for one image.
pub fn encoder_pass(side: usize) -> f64 {
    let config = Preset::Nano.config().encoder;
    let window = (config.window * config.window) as f64;
    let stages =
        config.channels().into_iter().zip(config.depths).enumerate().map(|(stage, (channels, depth))| {
            let tokens = ((side >> (2 + stage)) * (side >> (2 + stage))) as f64;
            let channels = channels as f64;
            // Queries, keys, values and what joins them; the attention's two products; two layers of four times the width.
            let block =
                tokens * (4.0 * channels * channels + 2.0 * window * channels + 8.0 * channels * channels);
            // Four tokens become one of twice the width; the first stage sees 4x4 pixels of three channels.
            let entrance = tokens * channels * if stage == 0 { 48.0 } else { 2.0 * channels };
            2.0 * (depth as f64 * block + entrance)
        });
    stages.sum()
}

fn conv3x3(input: usize, output: usize, side: usize) -> f64 {
    2.0 * 9.0 * (input * output * side * side) as f64
}

#[cfg(test)]
mod tests {
    use super::{conv3x3, decoder_step, encoder_pass};

    #[test]
    fn operations_grow_with_the_pixels() {
        assert_eq!(conv3x3(2, 3, 4), 2.0 * 9.0 * 6.0 * 16.0);
        assert_eq!(decoder_step(256), 4.0 * decoder_step(128));
        assert_eq!(encoder_pass(256), 4.0 * encoder_pass(128));
    }
}
