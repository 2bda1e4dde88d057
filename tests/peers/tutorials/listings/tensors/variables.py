"""Variables assigned."""

import steepest as st

my_variable = st.Variable([[1.0, 2.0], [3.0, 4.0]])
print(my_variable.shape, my_variable.dtype == st.float32, my_variable.numpy())
print(
    st.convert_to_tensor(my_variable).numpy(),
    st.math.argmax(my_variable).numpy(),
    st.reshape(my_variable, [1, 4]).numpy(),
)
a = st.Variable([2.0, 3.0])
a.assign([1, 2])
try:
    a.assign([1.0, 2.0, 3.0])
except ValueError:
    print("shapes differ")
b = st.Variable(a)
a.assign([5, 6])
print(a.numpy(), b.numpy(), a.assign_add([2, 3]).numpy(), a.assign_sub([7, 9]).numpy())
step_counter = st.Variable(1, trainable=False)
print(step_counter.trainable, (a + 1).numpy(), st.Variable(3, name="Mark").name.split(":")[0])
