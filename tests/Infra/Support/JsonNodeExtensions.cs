namespace FuncQueue.Infra.Tests.Support;

public static class JsonNodeExtensions
{
    /// <summary>Whether there is a value and it is this one: a missing value is no <c>false</c>.</summary>
    public static bool Is<T>(this JsonNode? node, T value) =>
        node is JsonValue found && found.TryGetValue<T>(out var actual) && Equals(actual, value);
}
