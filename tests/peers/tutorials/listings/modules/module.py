"""A module with a variable."""

import steepest as st


class SimpleModule(st.Module):
    def __init__(self, name=None):
        super().__init__(name=name)
        self.a_variable = st.Variable(5.0, name="train_me")
        self.non_trainable_variable = st.Variable(5.0, trainable=False, name="do_not_train_me")

    def __call__(self, x):
        return self.a_variable * x + self.non_trainable_variable


simple_module = SimpleModule(name="simple")
print(simple_module(st.constant(5.0)).numpy(), simple_module.name)
print(len(simple_module.trainable_variables), len(simple_module.variables))
print([v.name.split(":")[0] for v in simple_module.variables])
