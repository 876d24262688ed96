import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import weka.classifiers.Classifier;
import weka.classifiers.functions.SMO;
import weka.classifiers.lazy.IBk;
import weka.classifiers.rules.JRip;
import weka.classifiers.trees.J48;
import weka.classifiers.trees.RandomForest;
import weka.core.Attribute;
import weka.core.FastVector;
import weka.core.Instance;
import weka.core.Instances;

/**
 * Times one learner of Weka: ten folds' CPU seconds, accuracy, peak MB, and on the next line the CPU seconds of one
 * training on all rows. Arguments: codes labels learner. CPU seconds when it begins go to standard error.
 */
public class WekaPeer {
  public static void main(String[] args) throws Exception {
    byte[] codes = Files.readAllBytes(Path.of(args[0]));
    List<String> lines = Files.readAllLines(Path.of(args[1]));
    int rows = lines.size();
    int columns = codes.length / rows;
    int[] label = new int[rows];
    int[] fold = new int[rows];
    int classes = 0;
    for (int row = 0; row < rows; row++) {
      String[] parts = lines.get(row).split(" ");
      label[row] = Integer.parseInt(parts[0]);
      fold[row] = Integer.parseInt(parts[1]);
      classes = Math.max(classes, label[row] + 1);
    }
    Instances data = read(codes, label, rows, columns, classes);
    codes = null;
    OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long before = system.getProcessCpuTime();
    System.err.println("begun at " + before / 1e9);
    int right = 0;
    for (int held = 0; held < 10; held++) {
      Instances train = new Instances(data, rows);
      for (int row = 0; row < rows; row++) if (fold[row] != held) train.add(data.instance(row));
      Classifier learner = make(args[2]);
      learner.buildClassifier(train);
      for (int row = 0; row < rows; row++)
        if (fold[row] == held && (int) learner.classifyInstance(data.instance(row)) == label[row]) right++;
    }
    double seconds = (system.getProcessCpuTime() - before) / 1e9;
    System.out.println(seconds + " " + (double) right / rows + " " + peakMb());
    before = system.getProcessCpuTime();
    make(args[2]).buildClassifier(data);
    System.out.println((system.getProcessCpuTime() - before) / 1e9);
  }

  /** Values that a column has, numbered in the order of the bytes. */
  static Instances read(byte[] codes, int[] label, int rows, int columns, int classes) {
    FastVector attributes = new FastVector(columns + 1);
    int[][] number = new int[columns][];
    byte[] seen = new byte[columns];
    for (int at = 0; at < codes.length; at++) seen[at % columns] |= 1 << codes[at];
    for (int column = 0; column < columns; column++) {
      int[] own = new int[8];
      FastVector values = new FastVector();
      for (int value = 0; value < own.length; value++) {
        if ((seen[column] >> value & 1) == 0) continue;
        own[value] = values.size();
        values.addElement(String.valueOf(value));
      }
      number[column] = own;
      attributes.addElement(new Attribute("c" + column, values));
    }
    FastVector names = new FastVector();
    for (int code = 0; code < classes; code++) names.addElement("class" + code);
    attributes.addElement(new Attribute("class", names));
    Instances data = new Instances("machines", attributes, rows);
    data.setClassIndex(columns);
    for (int row = 0; row < rows; row++) {
      double[] values = new double[columns + 1];
      for (int column = 0; column < columns; column++) values[column] = number[column][codes[row * columns + column]];
      values[columns] = label[row];
      data.add(new Instance(1, values));
    }
    return data;
  }

  static Classifier make(String name) {
    switch (name) {
      case "c45":
        return new J48();
      case "knn":
        return new IBk(3);
      case "svm":
        return new SMO();
      case "ripper":
        return new JRip();
      case "random-forest":
        RandomForest forest = new RandomForest();
        forest.setNumTrees(100);
        return forest;
      default:
        throw new IllegalArgumentException("no learner " + name);
    }
  }

  static long peakMb() throws Exception {
    for (String line : Files.readAllLines(Path.of("/proc/self/status")))
      if (line.startsWith("VmHWM:")) return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
    return 0;
  }
}
