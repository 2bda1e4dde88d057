"""One step of every optimizer."""

import steepest as st

for optimizer in (
    st.keras.optimizers.SGD(0.1),
    st.keras.optimizers.SGD(0.1, momentum=0.9),
    st.keras.optimizers.RMSprop(0.1, momentum=0.5, centered=True),
    st.keras.optimizers.Adam(0.1),
    st.keras.optimizers.Adam(0.1, amsgrad=True),
    st.keras.optimizers.AdamW(0.1),
    st.keras.optimizers.Adadelta(0.1),
    st.keras.optimizers.Adagrad(0.1),
    st.keras.optimizers.Adamax(0.1),
    st.keras.optimizers.Nadam(0.1),
    st.keras.optimizers.Ftrl(0.1),
    st.keras.optimizers.Lion(0.1),
    st.keras.optimizers.Lamb(0.1),
    st.keras.optimizers.Adafactor(0.1),
    st.keras.optimizers.SGD(0.2, nesterov=True, momentum=0.5),
):
    var1 = st.Variable([10.0, -2.0])
    for _ in range(2):
        with st.GradientTape() as tape:
            loss = st.reduce_sum(var1**2) / 2.0
        optimizer.apply_gradients([(tape.gradient(loss, var1), var1)])
    print(type(optimizer).__name__, var1.numpy(), int(optimizer.iterations))
