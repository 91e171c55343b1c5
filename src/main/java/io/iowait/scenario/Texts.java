package io.iowait.scenario;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Reads texts that people have written: of any file, also a pipe's, but not without end.
final class Texts {
    private static final int BYTES_MAX = 64 << 20;

    private Texts() {}

    /// @param what is expected to be in it
    /// @throws ScenarioException with the file's name if it cannot be read, is no text or too large
    static String read(Path path, String what) {
        if (Files.isDirectory(path)) {
            throw fault(path, "found a folder, expected a file");
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw fault(
                        path,
                        "found more than %d MiB, expected %s".formatted(BYTES_MAX >> 20, what));
            }
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw fault(path, "found bytes that are no UTF-8, expected a text");
        } catch (NoSuchFileException e) {
            throw fault(path, "no such file, expected " + what);
        } catch (AccessDeniedException e) {
            throw fault(path, "it may not be read, expected " + what);
        } catch (IOException e) {
            String why = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
            throw fault(path, "it cannot be read (%s), expected %s".formatted(why, what));
        }
    }

    private static ScenarioException fault(Path path, String why) {
        return new ScenarioException(path + ": " + why);
    }
}
