using System.Text.Json;
using System.Text.Json.Serialization;

namespace FuncQueue.Client.Json;

/// <summary>A limit; no limit (null) is <see cref="QueueSettings.NoLimit"/>.</summary>
internal sealed class LimitConverter : JsonConverter<int?>
{
    public override bool HandleNull => true;

    public override int? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? QueueSettings.NoLimit : reader.GetInt32();

    public override void Write(Utf8JsonWriter writer, int? value, JsonSerializerOptions options)
    {
        if (value is not { } limit || limit == QueueSettings.NoLimit)
            writer.WriteNullValue();
        else
            writer.WriteNumberValue(limit);
    }
}
