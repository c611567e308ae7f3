using System.Buffers;
using System.Buffers.Text;
using System.Text;
using FuncQueue.Functions.Sns.Errors;
using FuncQueue.Functions.Sqs.Errors;

namespace FuncQueue.Functions.Sns.Actions;

/// <summary>The <c>NextToken</c> of a list: what the page before ended with.</summary>
internal static class PageToken
{
    /// <summary>What the page before ended with; null: there was none.</summary>
    public static (string? After, SqsError? Error) Read(SnsCall call, Func<string, bool> isValid)
    {
        if (call.Fault is { } fault)
            return (null, fault);
        if (call.Input.Text("NextToken") is not { Length: > 0 } token)
            return (null, null);
        var bytes = new byte[token.Length];
        return
            Base64Url.DecodeFromChars(token, bytes, out _, out var length) == OperationStatus.Done
            && Encoding.UTF8.GetString(bytes, 0, length) is var after
            && isValid(after)
            ? (after, null)
            : (null, SnsErrors.InvalidParameter("NextToken"));
    }

    /// <summary>Null: there is no next page.</summary>
    public static string? Write(string? last) => last is null ? null : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(last));
}
