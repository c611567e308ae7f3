namespace FuncQueue.Tests.Support;

/// <summary>Documents, or parts of them, that tests make: held against what is made now, or written anew.</summary>
public static class GeneratedDocuments
{
    private const string WriteVariable = "FUNCQUEUE_WRITE_DOCS";

    /// <summary>What to do about one that differs.</summary>
    public const string Remedy = $"Run this test with {WriteVariable}=1, look at what it writes, and commit it.";

    /// <summary>Whether tests write what they would otherwise compare.</summary>
    public static bool AreWritten => Environment.GetEnvironmentVariable(WriteVariable) == "1";
}
