using System.Text.Json;
using FuncQueue.Engine;

namespace FuncQueue.Functions.Http;

/// <summary>Figures on the wire.</summary>
internal static class FigureJson
{
    /// <summary>The members of a queue in a list with figures.</summary>
    public static void Write(Utf8JsonWriter writer, QueueWithFigures counted)
    {
        var figures = counted.Figures;
        SettingsJson.Write(writer, counted.Queue);
        WriteCounts(writer, figures.Ready + figures.Due, figures.Leased, figures.Scheduled, figures.DeadLettered);
        WriteAge(writer, figures.OldestMessageAge);
        writer.WriteString("asOf", Instants.Format(figures.AsOf));
    }

    /// <summary>What waits for consumers: numbers only, so that whatever scales by one of them can read it.</summary>
    public static void WriteBacklog(Utf8JsonWriter writer, QueueFigures figures)
    {
        writer.WriteStartObject();
        writer.WriteNumber("backlog", figures.Ready + figures.Leased + figures.Due);
        writer.WriteNumber("ready", figures.Ready);
        writer.WriteNumber("leased", figures.Leased);
        writer.WriteNumber("due", figures.Due);
        writer.WriteNumber("oldestMessageAgeSeconds", (long)(figures.OldestMessageAge ?? TimeSpan.Zero).TotalSeconds);
        writer.WriteNumber("asOf", figures.AsOf.ToUnixTimeSeconds());
        writer.WriteEndObject();
    }

    public static void WriteHistory(Utf8JsonWriter writer, IReadOnlyList<QueueSample> samples)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("samples");
        foreach (var sample in samples)
        {
            writer.WriteStartObject();
            writer.WriteString("at", Instants.Format(sample.At));
            WriteCounts(writer, sample.Ready, sample.Leased, sample.Scheduled, sample.DeadLettered);
            WriteAge(writer, sample.OldestMessageAge);
            writer.WriteStartObject("since");
            writer.WriteNumber("enqueued", sample.Since.Enqueued);
            writer.WriteNumber("acked", sample.Since.Acked);
            writer.WriteNumber("deadLettered", sample.Since.DeadLettered);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteCounts(Utf8JsonWriter writer, long ready, long leased, long? scheduled, long deadLettered)
    {
        writer.WriteStartObject("counts");
        writer.WriteNumber("ready", ready);
        writer.WriteNumber("leased", leased);
        if (scheduled is { } known)
            writer.WriteNumber("scheduled", known);
        else
            writer.WriteNull("scheduled");
        writer.WriteNumber("deadLettered", deadLettered);
        writer.WriteEndObject();
    }

    private static void WriteAge(Utf8JsonWriter writer, TimeSpan? age)
    {
        if (age is { } known)
            writer.WriteNumber("oldestMessageAgeSeconds", (long)known.TotalSeconds);
        else
            writer.WriteNull("oldestMessageAgeSeconds");
    }
}
