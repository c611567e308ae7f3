namespace FuncQueue.Functions.Sqs.SigV4;

/// <summary>The credential of a signature: <c>KEY/20260131/us-east-1/sqs/aws4_request</c>.</summary>
internal sealed record CredentialScope(string KeyId, string Date, string Region, string Service, string Terminator)
{
    public const string ExpectedTerminator = "aws4_request";

    /// <summary>What is signed of it: everything but the key.</summary>
    public string Scope => $"{Date}/{Region}/{Service}/{Terminator}";

    public static CredentialScope? Parse(string text)
    {
        var parts = text.Split('/');
        return parts.Length == 5 && Array.TrueForAll(parts, p => p.Length > 0)
            ? new CredentialScope(parts[0], parts[1], parts[2], parts[3], parts[4])
            : null;
    }
}
