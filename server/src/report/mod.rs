//! What pages and pictures for people have in common.

pub mod chart;
pub mod compare;
pub mod html;
pub mod thumbnail;
