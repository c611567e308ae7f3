using Microsoft.Extensions.Primitives;

namespace FuncQueue.Functions.Http;

/// <summary>
/// Headers that stand for one value. The Functions host joins repeated ones by commas, so that a comma tells of two values, or of one that
/// should have been percent-encoded: either way what was meant is not known.
/// </summary>
internal static class RepeatedHeader
{
    public const string Detail = "Is given more than once, or holds a comma: percent-encode it as %2C.";

    public static bool IsSingle(StringValues values) => values.Count == 1 && !values[0]!.Contains(',', StringComparison.Ordinal);
}
