using System.Text.Json;

namespace FuncQueue.Client.Json;

/// <summary>One receipt with values of its own.</summary>
internal sealed record Settlement(string Receipt, TimeSpan? Delay = null, string? Reason = null, TimeSpan? Lease = null)
{
    private const int MaxReason = 1024;

    public static void Write(Utf8JsonWriter writer, IEnumerable<Settlement> settlements)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("receipts");
        foreach (var settlement in settlements)
            settlement.Write(writer);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void Write(Utf8JsonWriter writer)
    {
        if (Delay is null && Reason is null && Lease is null)
        {
            writer.WriteStringValue(Receipt);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("receipt", Receipt);
        if (Delay is { } delay)
            writer.WriteNumber("delaySeconds", Wire.Seconds(delay));
        if (Reason is { } reason)
            writer.WriteString("reason", reason.Length > MaxReason ? reason[..MaxReason] : reason);
        if (Lease is { } lease)
            writer.WriteNumber("visibilityTimeoutSeconds", Wire.Seconds(lease));
        writer.WriteEndObject();
    }
}
