# %% wrong | rows are the predictions | Rows and columns are swapped: the row should be the truth and the column what was predicted.
def confusion_matrix(y_true, y_pred, num_classes=10):
    cm = np.zeros((num_classes, num_classes), dtype=int)
    for t, p in zip(y_true, y_pred):
        cm[p, t] += 1
    return cm

# %% wrong | fractions as a type | np.zeros makes floats unless you say otherwise; the task wants ints.
def confusion_matrix(y_true, y_pred, num_classes=10):
    matrix = np.zeros((num_classes, num_classes))
    for i in range(len(y_true)):
        matrix[y_true[i]][y_pred[i]] += 1
    return matrix

# %% wrong | ten hard-coded | You wrote 10 for the size and never use num_classes.
def confusion_matrix(y_true, y_pred, num_classes=10):
    table = np.zeros((10, 10), dtype=int)
    for t, p in zip(y_true, y_pred):
        table[t, p] += 1
    return table

# %% wrong | fancy index adds once | table[y_true, y_pred] += 1 adds only once for each pair however often the pair occurs; np.add.at counts every one.
def confusion_matrix(y_true, y_pred, num_classes=10):
    table = np.zeros((num_classes, num_classes), dtype=int)
    table[y_true, y_pred] += 1
    return table

# %% wrong | table of bytes | The counts are bytes, which begin again at 0 after 255 images.
def confusion_matrix(y_true, y_pred, num_classes=10):
    table = np.zeros((num_classes, num_classes), dtype=np.uint8)
    np.add.at(table, (y_true, y_pred), 1)
    return table

# %% wrong | bytes that overflow | With labels of type uint8, y_true * num_classes overflows as soon as a product passes 255, that is with more than 16 classes.
def confusion_matrix(y_true, y_pred, num_classes=10):
    index = y_true * num_classes + y_pred
    counts = np.bincount(index, minlength=num_classes ** 2)
    return counts[: num_classes ** 2].reshape(num_classes, num_classes)

# %% wrong | size from the labels | The size comes from the largest label seen and not from num_classes, so the table is too small when the last classes do not occur.
def confusion_matrix(y_true, y_pred, num_classes=10):
    n = int(max(np.max(y_true), np.max(y_pred))) + 1
    table = np.zeros((n, n), dtype=int)
    np.add.at(table, (y_true, y_pred), 1)
    return table

# %% wrong | only classes that occur | You make rows and columns for the classes that occur in y_true, so the table shrinks when one is missing.
def confusion_matrix(y_true, y_pred, num_classes=10):
    classes = sorted(set(int(t) for t in y_true))
    return np.array([[int(np.sum((y_true == a) & (y_pred == b))) for b in classes] for a in classes])

# %% wrong | shares of each row | You divide each row by its sum; the task wants the counts.
def confusion_matrix(y_true, y_pred, num_classes=10):
    cm = np.zeros((num_classes, num_classes), dtype=int)
    np.add.at(cm, (y_true, y_pred), 1)
    return cm / np.maximum(cm.sum(axis=1, keepdims=True), 1)

# %% wrong | mistakes only | You skip the images that were right, so the diagonal is empty; it should count them.
def confusion_matrix(y_true, y_pred, num_classes=10):
    table = np.zeros((num_classes, num_classes), dtype="int64")
    for true, pred in zip(y_true, y_pred):
        if true != pred:
            table[true, pred] += 1
    return table

# %% wrong | diagonal only | You count only where truth and prediction agree; the rest of the table stays empty.
def confusion_matrix(y_true, y_pred, num_classes=10):
    table = np.zeros((num_classes, num_classes), dtype=int)
    for c in range(num_classes):
        table[c, c] = np.sum((y_true == c) & (y_pred == c))
    return table

# %% wrong | one list many times | Multiplying the outer list repeats the same inner list, so all rows are one and the same.
def confusion_matrix(y_true, y_pred, num_classes=10):
    rows = [[0] * num_classes] * num_classes
    for t, p in zip(y_true, y_pred):
        rows[t][p] += 1
    return rows

# %% wrong | last class left out | range(num_classes - 1) stops before the last class, so its row and column stay zero.
def confusion_matrix(y_true, y_pred, num_classes=10):
    table = np.zeros((num_classes, num_classes), dtype=int)
    for t in range(num_classes - 1):
        for p in range(num_classes - 1):
            table[t, p] = np.count_nonzero((y_true == t) & (y_pred == p))
    return table

# %% wrong | last image left out | Your loop ends one image early: range(len(y_true) - 1) misses the last one.
def confusion_matrix(y_true, y_pred, num_classes=10):
    table = [[0 for _ in range(num_classes)] for _ in range(num_classes)]
    for i in range(len(y_true) - 1):
        table[int(y_true[i])][int(y_pred[i])] += 1
    return np.array(table)

# %% wrong | histogram without a range | histogram2d spreads its bins over the labels that occur, so when the first or last class is missing the bins do not fit the classes.
def confusion_matrix(y_true, y_pred, num_classes=10):
    h, _, _ = np.histogram2d(y_true, y_pred, bins=num_classes)
    return h.astype(int)

# %% wrong | labels overwritten | You compute the index inside the caller's y_true, so his labels are spoilt after the call.
def confusion_matrix(y_true, y_pred, num_classes=10):
    y_true *= num_classes
    y_true += y_pred
    return np.bincount(y_true, minlength=num_classes * num_classes).reshape(num_classes, num_classes)

# %% wrong | counts of earlier calls | The Counter in the default argument lives on between calls, so a second call adds to the first one's counts.
from collections import Counter


def confusion_matrix(y_true, y_pred, num_classes=10, counts=Counter()):
    counts.update((int(t), int(p)) for t, p in zip(y_true, y_pred))
    return np.array([[counts[t, p] for p in range(num_classes)] for t in range(num_classes)])

# %% wrong | or for and | You count the images that are t or were taken for p; both must hold.
def confusion_matrix(y_true, y_pred, num_classes=10):
    table = np.zeros((num_classes, num_classes), dtype=int)
    for t in range(num_classes):
        for p in range(num_classes):
            table[t, p] = ((y_true == t) | (y_pred == p)).sum()
    return table

# %% wrong | both ways round | You add each image at (t, p) and at (p, t), which makes the table symmetric and counts the right ones twice.
def confusion_matrix(y_true, y_pred, num_classes=10):
    table = np.zeros((num_classes, num_classes), dtype=int)
    for t, p in zip(y_true, y_pred):
        table[t, p] += 1
        table[p, t] += 1
    return table

# %% wrong | swapped and float | Two things: the rows are the predictions, and the table holds floats.
def confusion_matrix(y_true, y_pred, num_classes=10):
    one_hot_true = np.eye(num_classes)[y_true]
    one_hot_pred = np.eye(num_classes)[y_pred]
    return one_hot_pred.T @ one_hot_true

# %% wrong | classes numbered from one | You subtract one from the classes, but they begin at 0, so class 0 lands in the last row or column.
def confusion_matrix(y_true, y_pred, num_classes=10):
    table = np.zeros((num_classes, num_classes), dtype=int)
    for t, p in zip(y_true, y_pred):
        table[int(t) - 1, int(p) - 1] += 1
    return table

# %% wrong | one-hot rows of bytes | The one-hot rows are bytes, so their product is summed in bytes and overflows beyond 255 images of a pair.
def confusion_matrix(y_true, y_pred, num_classes=10):
    a = np.eye(num_classes, dtype="uint8")[y_true]
    b = np.eye(num_classes, dtype="uint8")[y_pred]
    return (a.T @ b).astype(int)

# %% right | bincount | One number for each pair, counted by bincount, after a cast to int64.
def confusion_matrix(y_true, y_pred, num_classes=10):
    pair = np.asarray(y_true, dtype=np.int64) * num_classes + np.asarray(y_pred, dtype=np.int64)
    return np.bincount(pair, minlength=num_classes * num_classes).reshape(num_classes, -1)

# %% right | plain Python lists | Counts in a list of lists and returns it, without NumPy.
def confusion_matrix(y_true, y_pred, num_classes=10):
    table = [[0] * num_classes for _ in range(num_classes)]
    for t, p in zip(y_true, y_pred):
        table[int(t)][int(p)] += 1
    return table

# %% right | product of one-hot rows | A product of two one-hot matrices in int64.
def confusion_matrix(y_true, y_pred, num_classes=10):
    classes = np.arange(num_classes)
    truth = (np.asarray(y_true)[:, None] == classes).astype(np.int64)
    guess = (np.asarray(y_pred)[:, None] == classes).astype(np.int64)
    return truth.T @ guess

# %% right | Counter | Counts pairs in a Counter and looks every pair up.
import collections


def confusion_matrix(y_true, y_pred, num_classes=10):
    seen = collections.Counter(zip(map(int, y_true), map(int, y_pred)))
    return np.array([[seen[t, p] for p in range(num_classes)] for t in range(num_classes)], dtype=int)

# %% right | histogram with edges | histogram2d with an edge before each class, turned into ints.
def confusion_matrix(y_true, y_pred, num_classes=10):
    edges = np.arange(num_classes + 1) - 0.5
    counts, _, _ = np.histogram2d(np.asarray(y_true, float), np.asarray(y_pred, float), bins=(edges, edges))
    return np.rint(counts).astype(np.int64)
