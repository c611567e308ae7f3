using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace FuncQueue.LocalHost.Azurite;

/// <summary>
/// The folder that an Azurite keeps its data in: one at a time, since each writes its files as a whole. One whose parent was killed may be
/// writing yet when the next one is started.
/// </summary>
internal sealed class AzuriteFolder(string location)
{
    /// <summary>How long the last one may take to end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>What two readings of one process's start may differ by.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    /// <summary>Names the process that has the folder: its id and when it was started.</summary>
    private string Holder => Path.Combine(location, "funcqueue-holder");

    /// <summary>Waits until nobody writes there; <see cref="StartUpException"/> when somebody stays, or when a file is not whole.</summary>
    public async Task PrepareAsync()
    {
        var began = TimeProvider.System.GetTimestamp();
        while (FindHolder() is { } holder)
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
                throw new StartUpException(
                    $"Process {holder} keeps its data in {location}: another FuncQueue, perhaps. Stop it, or choose another "
                        + "location in azurite.json."
                );
            await Task.Delay(LookInterval, TimeProvider.System);
        }

        foreach (var file in Directory.Exists(location) ? Directory.EnumerateFiles(location, "__azurite_db_*__.json") : [])
        {
            if (!await IsWholeAsync(file))
            {
                throw new StartUpException(
                    $"{file} is empty or breaks off: what it held would be missing. Put a copy of it back, or delete "
                        + $"{location} to start with no messages at all."
                );
            }
        }
    }

    /// <summary>Says who has the folder from now on.</summary>
    public void Take(Process process)
    {
        Directory.CreateDirectory(location);
        File.WriteAllText(Holder, string.Create(CultureInfo.InvariantCulture, $"{process.Id} {process.StartTime.ToUniversalTime():O}"));
    }

    /// <summary>The process that has the folder; null: it has ended, or there never was any.</summary>
    private int? FindHolder()
    {
        try
        {
            if (
                !File.Exists(Holder)
                || File.ReadAllText(Holder).Split(' ') is not [var id, var at]
                || !int.TryParse(id, CultureInfo.InvariantCulture, out var number)
                || !DateTime.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var startedAt)
            )
                return null;
            using var process = Process.GetProcessById(number);
            return !process.HasExited && !IsZombie(number) && (process.StartTime.ToUniversalTime() - startedAt).Duration() < Tolerance
                ? number
                : null;
        }
        catch (Exception exception)
            when (exception is ArgumentException or InvalidOperationException or IOException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Whether it has ended and only waits for somebody to take notice, which in a container may be never.</summary>
    private static bool IsZombie(int id)
    {
        var status = $"/proc/{id}/stat";
        return File.Exists(status)
            && File.ReadAllText(status) is var text
            && text[(text.LastIndexOf(')') + 1)..].TrimStart().StartsWith('Z');
    }

    /// <summary>Whether a file is one JSON value from end to end; it is read in pieces, however long it is.</summary>
    private static async Task<bool> IsWholeAsync(string file)
    {
        await using var stream = new FileStream(
            file,
            new FileStreamOptions
            {
                Access = FileAccess.Read,
                Share = FileShare.ReadWrite | FileShare.Delete,
                Options = FileOptions.Asynchronous,
            }
        );
        var buffer = new byte[1024 * 1024];
        var (kept, state) = (0, new JsonReaderState());
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(kept));
            try
            {
                var (consumed, next, ended) = Read(buffer.AsSpan(0, kept + read), read == 0, state);
                if (read == 0)
                    return ended;
                state = next;
                buffer.AsSpan(consumed, kept + read - consumed).CopyTo(buffer);
                kept = kept + read - consumed;
            }
            catch (JsonException)
            {
                return false;
            }

            // A string that is longer than the buffer.
            if (kept == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
        }
    }

    private static (int Consumed, JsonReaderState State, bool Ended) Read(ReadOnlySpan<byte> bytes, bool last, JsonReaderState state)
    {
        var reader = new Utf8JsonReader(bytes, last, state);
        while (reader.Read())
        {
            // To the end of what is there.
        }

        return (
            (int)reader.BytesConsumed,
            reader.CurrentState,
            reader.CurrentDepth == 0 && reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray or JsonTokenType.None
        );
    }
}
