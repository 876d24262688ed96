"""Times one learner of scikit-learn: ten folds' seconds, accuracy, peak MB, and on the next line the seconds of one
training on all rows. Arguments: codes labels learner.

Processor seconds when it begins go to standard error.
"""

import resource
import sys
import time

resource.setrlimit(resource.RLIMIT_AS, (16 << 30, 16 << 30))

import numpy
from sklearn.ensemble import RandomForestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

learners = {
    "c45": lambda: DecisionTreeClassifier(criterion="entropy", random_state=1),
    "random-forest": lambda: RandomForestClassifier(100, random_state=1, n_jobs=1),
    "svm": lambda: SVC(kernel="linear", C=1),
    "knn": lambda: KNeighborsClassifier(3, algorithm="brute"),
}
rows = [line.split() for line in open(sys.argv[2])]
labels = numpy.array([int(row[0]) for row in rows])
folds = numpy.array([int(row[1]) for row in rows])
codes = numpy.fromfile(sys.argv[1], dtype=numpy.uint8).reshape(len(rows), -1)
parts = [(codes == value)[:, (codes == value).any(axis=0)] for value in range(codes.max() + 1)]
features = numpy.concatenate(parts, axis=1, dtype=numpy.float32)
del codes, parts
start = time.process_time()
print(f"begun at {start}", file=sys.stderr, flush=True)
right = 0
for fold in range(10):
    model = learners[sys.argv[3]]().fit(features[folds != fold], labels[folds != fold])
    right += (model.predict(features[folds == fold]) == labels[folds == fold]).sum()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(time.process_time() - start, right / len(rows), peak, flush=True)
start = time.process_time()
learners[sys.argv[3]]().fit(features, labels)
print(time.process_time() - start)
