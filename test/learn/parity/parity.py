"""Prints scikit-learn's answers: learner, row, class, confidence. Arguments: data.arff, folds.txt (a fold a line)."""

import sys

import numpy
from sklearn.linear_model import LogisticRegression

lines = [line.strip() for line in open(sys.argv[1])]
start = lines.index("@data") + 1
rows = [line.split(",") for line in lines[start:] if line]
folds = numpy.array([int(line) for line in open(sys.argv[2])])
labels = numpy.array([row[-1] for row in rows])
features = []
for column in zip(*[row[:-1] for row in rows]):
    values = sorted(set(column) - {"?"})
    # A constant column would be a second intercept.
    for value in values if len(values) > 1 else []:
        features.append([float(cell == value) for cell in column])
features = numpy.array(features).T

for fold in range(folds.max() + 1):
    model = LogisticRegression(solver="liblinear", dual=True, tol=1e-8, max_iter=1000000, multi_class="ovr")
    model.fit(features[folds != fold], labels[folds != fold])
    held = numpy.flatnonzero(folds == fold)
    shares = model.predict_proba(features[held])
    for row, share in zip(held, shares):
        print(f"logistic,{row},{model.classes_[share.argmax()]},{share.max():.9f}")
