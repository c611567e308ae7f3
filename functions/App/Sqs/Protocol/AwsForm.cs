using FuncQueue.Functions.Sqs.SigV4;

namespace FuncQueue.Functions.Sqs.Protocol;

/// <summary>Tells requests in AWS's form from others by what only AWS clients send, wherever they are sent to.</summary>
internal static class AwsForm
{
    public const string Target = "X-Amz-Target";

    public const string Action = "Action";

    /// <summary>Whether the headers or the query say so; a form's body may say so yet.</summary>
    public static bool IsIn(HttpRequest request) =>
        request.Headers.ContainsKey(Target)
        || request.Query.ContainsKey(Action)
        || request.Query.ContainsKey("X-Amz-Algorithm")
        || request.Headers.Authorization.ToString().StartsWith(RequestSignature.Algorithm, StringComparison.Ordinal)
        || (request.ContentType ?? "").Contains("amz-json", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the body may be a form that names an action.</summary>
    public static bool MayBeForm(HttpRequest request) =>
        HttpMethods.IsPost(request.Method)
        && (request.ContentType ?? "").StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);
}
