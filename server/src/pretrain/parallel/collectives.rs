//! What Burn 0.22.1 cannot do for training over several devices, see docs/upstream.md. When one of these fails, Burn
//! has learnt it, and gradients need no longer be moved and summed by the trainer.
#![allow(clippy::unwrap_used)]

use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, catch_unwind};

use burn::remote::RemoteHost;
use burn::tensor::distributed::{DistributedConfig, DistributedContext, ReduceOperation, all_reduce};
use burn::tensor::{Device, DeviceKind, DeviceType, Tensor};

use super::words;
use crate::worker::serve;

/// What `attempt` says when it panics.
fn refusal(attempt: impl FnOnce()) -> String {
    words(catch_unwind(AssertUnwindSafe(attempt)).unwrap_err().as_ref())
}

/// Sums a vector of `devices[0]` over all of them.
fn sum(devices: &[Device]) {
    let sum = all_reduce(Tensor::<1>::ones([4], &devices[0]), ReduceOperation::Sum, devices.to_vec());
    drop(sum.resolve().into_data());
}

#[test]
fn the_cpu_engine_has_no_collective_operations() {
    let cpu = Device::flex();
    let refused = refusal(|| sum(&[cpu.clone(), cpu.clone()]));
    assert!(refused.contains("Distributed operations are not supported"), "{refused}");
    let config = DistributedConfig { all_reduce_op: ReduceOperation::Sum };
    let refused = refusal(|| drop(DistributedContext::init(vec![cpu.clone(), cpu.clone()], config)));
    assert!(refused.contains("istributed"), "{refused}");
}

#[test]
fn wgpu_has_no_collective_operations() {
    if Device::enumerate(DeviceType::Wgpu).into_vec().is_empty() {
        println!("skipped: no GPU");
        return;
    }
    let gpu = Device::wgpu(DeviceKind::DefaultDevice);
    let refused = refusal(|| sum(&[gpu.clone(), gpu.clone()]));
    assert!(refused.contains("no transport between its devices"), "{refused}");
}

#[test]
fn there_is_no_collective_operation_across_processes() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let devices = [(), ()].map(|()| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = RemoteHost::websocket(&format!("ws://{}", listener.local_addr().unwrap()));
        runtime.spawn(serve(listener, vec![Device::flex()], None).unwrap());
        host.devices().unwrap().into_vec().remove(0)
    });
    let refused = refusal(|| sum(&devices));
    assert!(refused.contains("cross-peer all_reduce is not supported yet"), "{refused}");
}
