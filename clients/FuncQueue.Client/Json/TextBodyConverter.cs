using System.Text.Json;
using System.Text.Json.Serialization;

namespace FuncQueue.Client.Json;

/// <summary>A body that is text, straight to its bytes: no string is made of it.</summary>
internal sealed class TextBodyConverter : JsonConverter<byte[]>
{
    public override byte[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var most = reader.HasValueSequence ? (int)reader.ValueSequence.Length : reader.ValueSpan.Length;
        var bytes = new byte[most];
        var length = reader.CopyString(bytes);
        return length == most ? bytes : bytes[..length];
    }

    public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
