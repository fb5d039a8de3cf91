"""The network of `core/src/model` and the losses of `core/src/task` in plain PyTorch, to compare speeds with."""
