namespace FuncQueue.Functions.Sqs.Queues;

/// <summary>Truth values of attributes, in whatever case: languages spell them differently, <c>True</c> in Python and .NET.</summary>
internal static class SqsFlag
{
    /// <summary>The value; null for what is none.</summary>
    public static bool? Parse(string? text)
    {
        if ("true".Equals(text, StringComparison.OrdinalIgnoreCase))
            return true;
        return "false".Equals(text, StringComparison.OrdinalIgnoreCase) ? false : null;
    }
}
