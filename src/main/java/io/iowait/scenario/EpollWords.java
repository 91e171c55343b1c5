package io.iowait.scenario;

import io.iowait.io.EpollFile;
import io.iowait.scenario.YamlDoc.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// How a scenario file writes the modes of what an epoll instance watches: a word, or a list of
/// them.
///
/// Source: epoll_ctl(2); what goes together, `fs/eventpoll.c` of Linux 6.18.
final class EpollWords {
    private static final String LEVEL = "level";
    private static final String EDGE = "edge";
    private static final String ONESHOT = "oneshot";
    private static final String EXCLUSIVE = "exclusive";

    private static final List<String> WORDS = List.of(LEVEL, EDGE, ONESHOT, EXCLUSIVE);

    private EpollWords() {}

    /// The key `mode`; left out: level-triggered.
    static int mode(YamlDoc doc, Map<String, Field> fields) {
        Field field = fields.get("mode");
        if (field == null) {
            return 0;
        }
        List<Node> nodes =
                field.value() instanceof SequenceNode list
                        ? list.getValue()
                        : List.of(field.value());
        List<String> words = new ArrayList<>();
        for (Node node : nodes) {
            doc.text(node, "mode")
                    .ifPresent(word -> {
                        if (WORDS.contains(word)) {
                            words.add(word);
                        } else {
                            doc.unknown(node, "mode", word, WORDS);
                        }
                    });
        }
        refuse(doc, field, words, LEVEL, EDGE, "one of the two");
        refuse(doc, field, words, EXCLUSIVE, ONESHOT, "one of the two (EINVAL)");
        return (words.contains(EDGE) ? EpollFile.EDGE : 0)
                | (words.contains(ONESHOT) ? EpollFile.ONESHOT : 0)
                | (words.contains(EXCLUSIVE) ? EpollFile.EXCLUSIVE : 0);
    }

    private static void refuse(
            YamlDoc doc,
            Field field,
            List<String> words,
            String one,
            String other,
            String expected) {
        if (words.contains(one) && words.contains(other)) {
            doc.problem(
                    field.value(),
                    "mode: found %s and %s, expected %s".formatted(one, other, expected));
        }
    }
}
