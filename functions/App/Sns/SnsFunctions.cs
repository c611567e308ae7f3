using System.Text;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Http;
using FuncQueue.Functions.Sns.Delivery;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace FuncQueue.Functions.Sns;

/// <summary>
/// The certificate by which receivers verify the signatures of notifications. The protocol itself is at the endpoint of SQS, by which AWS
/// clients know both.
/// </summary>
public sealed class SnsFunctions(Api api, IServiceProvider services)
{
    // Injected by hand: the type is internal, and a function class must be public.
    private readonly Notifications notifications = services.GetRequiredService<Notifications>();

    /// <summary>The certificate in PEM. Needs no key: it is public, and told in each notification.</summary>
    [Function("SnsCertificate")]
    public Task<IResult> CertificateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = SnsAddress.CertificatePath + "/{certificate}")]
            HttpRequest request,
        string certificate,
        CancellationToken cancellationToken
    ) =>
        api.RunAsync(
            request,
            Need.Nothing,
            async faults =>
            {
                _ = new Query(request, faults);
                if (faults.Any)
                    return faults.ToResult();
                if (!(await notifications.IdentityAsync(cancellationToken)).TryGetValue(out var identity, out var failure))
                    return Problems.From(failure);
                return certificate == SnsAddress.FileOf(identity.Certificate)
                    ? new PemResponse(Encoding.ASCII.GetBytes(identity.Certificate.ExportCertificatePem() + "\n"))
                    : Problems.Of(StatusCodes.Status404NotFound, "not-found", "Not found", "There is no such certificate.");
            },
            cancellationToken
        );

    private sealed class PemResponse(byte[] pem) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.ContentType = "application/x-pem-file";
            httpContext.Response.ContentLength = pem.Length;
            return httpContext.Response.Body.WriteAsync(pem, httpContext.RequestAborted).AsTask();
        }
    }
}
