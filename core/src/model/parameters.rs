//! Walking over the parameters of a module by name.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Device, Gradients, Tensor};

/// Flat tensors by parameter name (`encoder.stages.0.blocks.1.norm1.gamma`).
pub type Named = BTreeMap<String, Tensor<1>>;

/// One parameter's value, without its gradient graph.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Dotted path within the module.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Its values, row by row.
    pub values: Tensor<1>,
}

/// All parameters of `module`, in the order of its fields. Lazy ones are initialised by this.
pub fn parameters<M: Module>(module: &M) -> Vec<Parameter> {
    let mut visitor = Collect::default();
    module.visit(&mut visitor);
    visitor.found
}

/// Takes the gradients of `module`'s parameters out of `gradients`.
pub fn take_gradients<M: Module>(module: &M, gradients: &mut Gradients) -> Named {
    let mut visitor = TakeGradients { path: Path::default(), gradients, found: Named::new() };
    module.visit(&mut visitor);
    visitor.found
}

/// Replaces every parameter of `module` by what `change` makes of it; `None` leaves it.
///
/// `change` gets the name, the shape and the flat values.
pub fn map_parameters<M: Module>(
    module: M,
    change: impl FnMut(&str, &[usize], Tensor<1>) -> Option<Tensor<1>>,
) -> M {
    module.map(&mut Change { path: Path::default(), change })
}

/// Marks the parameters that `trains` accepts by name as learning and all others as fixed. Nothing is computed for
/// the gradients of what lies before the first learning one.
pub fn train_only<M: Module>(module: M, trains: impl FnMut(&str) -> bool) -> M {
    module.map(&mut Mark { path: Path::default(), trains })
}

/// Where the walk is; `None` stands for the variant of an enum, which says nothing its fields do not say.
#[derive(Default)]
struct Path(Vec<Option<String>>);

impl Path {
    fn name(&self) -> String {
        self.0.iter().flatten().map(String::as_str).collect::<Vec<_>>().join(".")
    }

    fn enter(&mut self, name: &str, container: &str) {
        self.0.push((!container.starts_with("Enum")).then(|| name.to_owned()));
    }

    fn exit(&mut self) {
        self.0.pop();
    }
}

#[derive(Default)]
struct Collect {
    path: Path,
    found: Vec<Parameter>,
}

impl ModuleVisitor for Collect {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.exit();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val().inner();
        let shape = value.dims().to_vec();
        let values = flat(value);
        self.found.push(Parameter { name: self.path.name(), shape, values });
    }
}

struct TakeGradients<'a> {
    path: Path,
    gradients: &'a mut Gradients,
    found: Named,
}

impl ModuleVisitor for TakeGradients<'_> {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.exit();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = param.val().grad_remove(self.gradients) {
            self.found.insert(self.path.name(), flat(gradient));
        }
    }
}

struct Change<F> {
    path: Path,
    change: F,
}

impl<F: FnMut(&str, &[usize], Tensor<1>) -> Option<Tensor<1>>> ModuleMapper for Change<F> {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.exit();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let name = self.path.name();
        param.map(|value| {
            let shape = value.dims();
            let (trains, tracked) = (value.is_require_grad(), value.is_autodiff());
            let inner = value.clone().inner();
            match (self.change)(&name, &shape, flat(inner)) {
                None => value,
                Some(changed) => {
                    let changed = changed.reshape(shape);
                    if tracked { lifted(changed, &value.device()).set_require_grad(trains) } else { changed }
                }
            }
        })
    }
}

struct Mark<F> {
    path: Path,
    trains: F,
}

impl<F: FnMut(&str) -> bool> ModuleMapper for Mark<F> {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.exit();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let trains = (self.trains)(&self.path.name());
        param.set_require_grad(trains)
    }
}

/// A plain tensor as a constant of computations on `device`, which tracks gradients.
pub fn lifted<const D: usize>(tensor: Tensor<D>, device: &Device) -> Tensor<D> {
    let tensor = Tensor::from_inner(tensor);
    match device.gradient_checkpointing_strategy() {
        Some(strategy) => tensor.with_gradient_checkpointing_strategy(strategy),
        None => tensor,
    }
}

fn flat<const D: usize>(tensor: Tensor<D>) -> Tensor<1> {
    let elements: usize = tensor.dims().iter().product();
    tensor.reshape([elements])
}
