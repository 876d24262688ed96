import java.io.BufferedReader;
import java.io.FileReader;
import weka.classifiers.Classifier;
import weka.classifiers.bayes.NaiveBayes;
import weka.classifiers.functions.SMO;
import weka.classifiers.lazy.IBk;
import weka.classifiers.rules.JRip;
import weka.classifiers.trees.J48;
import weka.classifiers.trees.RandomForest;
import weka.core.Instances;
import weka.core.Utils;
import weka.core.Version;

/**
 * Prints Weka's version and a learner's options as comments, and its answers: learner, row, class, confidence. For one
 * that draws, the mean accuracy in percent over 20 seeds: learner, mean, accuracy. Arguments: data.arff, folds.txt (a fold a
 * line), learner.
 */
public class Parity {
  public static void main(String[] args) throws Exception {
    Instances data = new Instances(new BufferedReader(new FileReader(args[0])));
    data.setClassIndex(data.numAttributes() - 1);
    int[] fold = new int[data.numInstances()];
    int folds = 0;
    try (BufferedReader reader = new BufferedReader(new FileReader(args[1]))) {
      for (int row = 0; row < fold.length; row++) {
        fold[row] = Integer.parseInt(reader.readLine().trim());
        folds = Math.max(folds, fold[row] + 1);
      }
    }
    System.out.println("# Weka " + new Version());
    String name = args[2];
    Classifier made = make(name, 1);
    System.out.println("# " + name + ": " + made.getClass().getName() + " " + Utils.joinOptions(made.getOptions()));
    if (!name.equals("ripper") && !name.equals("random-forest")) {
      validate(name, 1, data, fold, folds, true);
    } else {
      double right = 0;
      for (int seed = 1; seed <= 20; seed++) right += validate(name, seed, data, fold, folds, false);
      System.out.println(name + ",mean," + 100 * right / 20 / data.numInstances() + ",");
    }
  }

  static Classifier make(String name, int seed) {
    switch (name) {
      case "c45":
        return new J48();
      case "knn":
        return new IBk(3);
      case "svm":
        return new SMO();
      case "naive-bayes":
        return new NaiveBayes();
      case "ripper":
        JRip ripper = new JRip();
        ripper.setSeed(seed);
        return ripper;
      default:
        RandomForest forest = new RandomForest();
        forest.setNumTrees(100);
        forest.setSeed(seed);
        return forest;
    }
  }

  static int validate(String name, int seed, Instances data, int[] fold, int folds, boolean print) throws Exception {
    int right = 0;
    for (int held = 0; held < folds; held++) {
      Instances train = new Instances(data, data.numInstances());
      for (int row = 0; row < fold.length; row++) if (fold[row] != held) train.add(data.instance(row));
      Classifier classifier = make(name, seed);
      classifier.buildClassifier(train);
      for (int row = 0; row < fold.length; row++) {
        if (fold[row] != held) continue;
        int answer = (int) classifier.classifyInstance(data.instance(row));
        if (answer == data.instance(row).classValue()) right++;
        if (!print) continue;
        double confidence = classifier.distributionForInstance(data.instance(row))[answer];
        System.out.println(name + "," + row + "," + data.classAttribute().value(answer) + "," + confidence);
      }
    }
    return right;
  }
}
