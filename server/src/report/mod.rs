//! What pages and pictures for people have in common.

pub mod chart;
pub mod html;
pub mod thumbnail;
