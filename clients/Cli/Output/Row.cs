using System.Globalization;
using System.Text.Json;

namespace FuncQueue.Cli.Output;

/// <summary>Named values of one thing, in order.</summary>
internal sealed class Row
{
    private readonly List<(string Name, object? Value)> members = [];

    public IEnumerable<string> Names => members.Select(member => member.Name);

    public IEnumerable<string?> Cells => members.Select(member => Text(member.Value));

    public Row Add(string name, object? value)
    {
        members.Add((name, value));
        return this;
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in members.Where(member => member.Value is not null))
        {
            writer.WritePropertyName(name);
            switch (value)
            {
                case bool flag:
                    writer.WriteBooleanValue(flag);
                    break;
                case int or long:
                    writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                    break;
                case JsonElement element:
                    element.WriteTo(writer);
                    break;
                case IReadOnlyDictionary<string, string> map:
                    writer.WriteStartObject();
                    foreach (var (key, text) in map)
                        writer.WriteString(key, text);
                    writer.WriteEndObject();
                    break;
                case IEnumerable<string> list:
                    writer.WriteStartArray();
                    foreach (var text in list)
                        writer.WriteStringValue(text);
                    writer.WriteEndArray();
                    break;
                default:
                    writer.WriteStringValue(Text(value));
                    break;
            }
        }

        writer.WriteEndObject();
    }

    private static string? Text(object? value) =>
        value switch
        {
            null => null,
            bool flag => flag ? "true" : "false",
            TimeSpan time when time == Timeout.InfiniteTimeSpan => "none",
            TimeSpan time => $"{time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)}s",
            DateTimeOffset at => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            IReadOnlyDictionary<string, string> map => string.Join(' ', map.Select(entry => $"{entry.Key}={entry.Value}")),
            string text => text,
            IEnumerable<string> list => string.Join(',', list),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture),
        };
}
