"""Lines of a file."""

import steepest as st

with open("lines.txt", "w") as file:
    file.write("first line\nsecond\n\nlast line\n")
dataset = st.data.TextLineDataset("lines.txt")
for line in dataset:
    print(line.numpy())
print([
    x.numpy().decode() for x in dataset.filter(lambda line: st.strings.length(line) > 0).skip(1)
])
print([x.numpy().decode() for x in st.data.TextLineDataset(["lines.txt", "lines.txt"]).take(5)])
labelled = dataset.take(2).map(lambda text: (text, st.cast(1, st.int64)))
print([(text.numpy(), int(label)) for text, label in labelled])
