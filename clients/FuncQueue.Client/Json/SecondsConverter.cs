using System.Text.Json;
using System.Text.Json.Serialization;

namespace FuncQueue.Client.Json;

/// <summary>
/// Durations as seconds with at most three digits behind the point; none (null) is <see cref="Timeout.InfiniteTimeSpan"/>.
/// </summary>
internal sealed class SecondsConverter : JsonConverter<TimeSpan?>
{
    public override bool HandleNull => true;

    public override TimeSpan? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null
            ? Timeout.InfiniteTimeSpan
            : TimeSpan.FromMilliseconds((long)decimal.Round(reader.GetDecimal() * 1000));

    public override void Write(Utf8JsonWriter writer, TimeSpan? value, JsonSerializerOptions options)
    {
        if (value is not { } time || time == Timeout.InfiniteTimeSpan)
            writer.WriteNullValue();
        else
            writer.WriteNumberValue(Wire.Seconds(time));
    }
}
