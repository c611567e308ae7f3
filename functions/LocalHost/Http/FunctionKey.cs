using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace FuncQueue.LocalHost.Http;

/// <summary>The key that callers must show, in the header or, without one there, in the query. None configured: nobody needs one.</summary>
internal sealed class FunctionKey(string? key)
{
    private readonly byte[]? expected = string.IsNullOrEmpty(key) ? null : SHA256.HashData(Encoding.UTF8.GetBytes(key));

    public bool Allows(HttpRequest request)
    {
        if (expected is null)
            return true;
        var given = request.Headers.TryGetValue("x-functions-key", out var header) ? header.ToString() : request.Query["code"].ToString();
        // Hashes are of one length, so that the time taken tells nothing of the key.
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), expected);
    }
}
