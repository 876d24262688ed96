import java.io.BufferedReader;
import java.io.FileReader;
import weka.classifiers.Classifier;
import weka.classifiers.lazy.IBk;
import weka.classifiers.trees.J48;
import weka.core.Instances;

/** Prints Weka's answers: learner, row, class, confidence. Arguments: data.arff, folds.txt (a fold a line). */
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
    for (String name : new String[] {"c45", "knn"}) {
      for (int held = 0; held < folds; held++) {
        Instances train = new Instances(data, data.numInstances());
        for (int row = 0; row < fold.length; row++) if (fold[row] != held) train.add(data.instance(row));
        Classifier classifier = name.equals("c45") ? new J48() : new IBk(3);
        classifier.buildClassifier(train);
        for (int row = 0; row < fold.length; row++) {
          if (fold[row] != held) continue;
          int answer = (int) classifier.classifyInstance(data.instance(row));
          double confidence = classifier.distributionForInstance(data.instance(row))[answer];
          System.out.println(name + "," + row + "," + data.classAttribute().value(answer) + "," + confidence);
        }
      }
    }
  }
}
