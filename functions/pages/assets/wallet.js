// Countersign, Apache-2.0. Written by `make scripts` from web/, febcf8154411f701.
function N(e){let t=ArrayBuffer.isView(e)?new Uint8Array(e.buffer,e.byteOffset,e.byteLength):new Uint8Array(e),n="";for(let r of t)
n+=String.fromCharCode(r);return btoa(n).replaceAll("+","-").replaceAll("/","_").replaceAll("=","")}function b(e){if(!/^[A-Za-z0-9_-]*$/.
test(e))throw new TypeError("not base64url");let t=atob(e.replaceAll("-","+").replaceAll("_","/"));return Uint8Array.from(
t,n=>n.charCodeAt(0))}var f=new URL("/",import.meta.url).href,ze=5e3,Ye=35e3,u=class extends Error{constructor(t,n,{status:r,retryAfter:s,errors:a=[]}={},i=void 0){
super(n,{cause:i}),this.name="Refusal",this.code=t,this.status=r,this.retryAfter=s,this.errors=a}};async function p(e,t,n,{method:r,body:s,credentials:a="omit"}={}){let i=await et(n);if(Xe(i))throw pe();let c={accept:"a\
pplication/json",authorization:`Bearer ${i}`};s&&(c["content-type"]="application/json");try{return await z(e,t,{method:r??
(s?"POST":"GET"),headers:c,credentials:a,cache:"no-store",body:s&&JSON.stringify(s)})}catch(d){throw Ze(e,d)&&await Qe(e)?
pe():d}}function Ze(e,t){return new URL(e).origin!==globalThis.location?.origin&&t instanceof u&&t.cause instanceof TypeError}
function Xe(e){try{let t=new TextDecoder().decode(b(e.split(".")[1]));return JSON.parse(t).exp<=Date.now()/1e3}catch{return!1}}
function pe(){return new u("invalid_token","The token has ended, or the server does not take it.",{status:401})}async function Qe(e){
try{let t=AbortSignal.timeout(ze),n=new URL("settings.json",e.endsWith("/")?e:`${e}/`);return(await fetch(n,{credentials:"\
omit",referrerPolicy:"no-referrer",cache:"no-store",signal:t})).ok}catch{return!1}}async function et(e){try{return typeof e==
"function"?await e():e}catch{throw new u("token_unavailable","The page's own function gave no token.")}}async function z(e,t,n){let r=new URL(t,e.endsWith("/")?e:`${e}/`),s=AbortSignal.timeout(Ye),a;try{a=await fetch(r,{credentials:"\
omit",referrerPolicy:"no-referrer",signal:s,...n})}catch(c){let d="The request did not reach the server, or its answer w\
as lost.";throw new u("network_error",d,{},c)}if(a.status===204)return null;let i=await a.json().catch(()=>null);if(a.ok&&
i)return i;throw me(a.status,i,a.headers.get("retry-after"))}var tt={401:"invalid_token",403:"missing_scope",429:"rate_l\
imited"};function me(e,t,n=null){let r=e>=500?"service_unavailable":"unexpected_answer",s=t?.code??tt[e]??r,a=Number.parseInt(
n??"",10),i=t?.detail??`The server answered ${e}.`,c=Array.isArray(t?.errors)?t.errors:[];return new u(s,i,{status:e,retryAfter:a||
void 0,errors:c})}function he({challenge:e,user:t,excludeCredentials:n=[],...r}){return{...r,challenge:b(e),user:{...t,id:b(t.id)},excludeCredentials:n.
map(s=>({...s,id:b(s.id)}))}}function we({challenge:e,credentialIds:t,...n}){return{...n,challenge:b(e),credentialIds:t.
map(b)}}function M(e){let{id:t,rawId:n,type:r,response:s}=e,c=["clientDataJSON","attestationObject","authenticatorData",
"signature","userHandle"].filter(m=>s[m]).map(m=>[m,N(s[m])]),d=e.getClientExtensionResults().payment?.browserBoundSignature?.
signature;return{credential:{id:t,rawId:N(n),type:r,response:Object.fromEntries(c)},browser_bound_signature:d&&N(d)}}function j(e){return`browser_${e.replace(/[^A-Za-z]/g,"").replace(/(?<=[a-z])(?=[A-Z])/g,"_").toLowerCase()||"error"}`}var ye={AbortError:["cancelled"],NotAllowedError:["no_credential_or_other_way"],OptOutError:["opted_out"],NotSupportedError:[
"unsupported","not_supported"],SecurityError:["unavailable","user_activation_needed"],InvalidStateError:["unavailable","\
dialog_open"],RangeError:["unavailable","invalid_request"],TypeError:["unavailable","invalid_request"]},nt="unavailable",
B=!1;async function Y({request:e,total:t,label:n="Total"}){if(B)throw new DOMException("The dialog of another call is op\
en.","InvalidStateError");let r={supportedMethods:"secure-payment-confirmation",data:we(e)},s=new PaymentRequest([r],{total:{
label:n,amount:t}});B=!0;try{return await s.show()}catch(a){throw B=!1,a}}function Z(e){let{name:t="",message:n=""}=e instanceof
Error?e:{},[r,s]=Object.hasOwn(ye,t)?ye[t]:[nt,j(t)];return{reason:r,code:s,message:n}}async function H(e,t){await e.complete(
t).catch(()=>{}),B=!1}var rt="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==",ot={supportedMethods:"secure-payment\
-confirmation",data:{rpId:"rp.example",credentialIds:[new Uint8Array(1)],challenge:new Uint8Array(1),instrument:{displayName:"\
-",icon:rt},payeeOrigin:"https://merchant.example"}};async function C(){let e=globalThis.PaymentRequest;if(typeof e!="fu\
nction")return ge("no-payment-request",null);let[t,n]=await Promise.all([st(e),at(e)]);return ge(t,n)}function ge(e,t){let n=e===
"available";return{available:n,reason:n?null:e,browserBoundKeys:t}}async function st(e){try{if(e.securePaymentConfirmationAvailability)
return await e.securePaymentConfirmationAvailability();let t={label:"-",amount:{currency:"USD",value:"0"}};return await new e(
[ot],{total:t}).canMakePayment()?"available":"unavailable-unknown-reason"}catch(t){return t instanceof DOMException&&t.name===
"SecurityError"?"unavailable-no-permission-policy":"unavailable-unknown-reason"}}async function at(e){try{return(await e.
getSecurePaymentConfirmationCapabilities()).browserBoundKeyHardware??null}catch{return null}}function U({base:e=f,token:t}){return p(e,"spc-credentials",t)}function X({base:e=f,token:t,credentialId:n}){return p(e,
_e(n),t,{method:"DELETE"})}function Q({base:e=f,token:t,credentialId:n,browserKeyId:r}){return p(e,re(n,r),t,{method:"DE\
LETE"})}function ee({base:e=f,token:t,cursor:n}){let r=n?`?${new URLSearchParams({cursor:n})}`:"";return p(e,`spc-payers${r}`,
t)}function te({base:e=f,token:t,accountId:n}){return p(e,be(n),t)}function $({base:e=f,token:t,accountId:n,returnTo:r}){
return p(e,"spc-payers",t,{body:{account_id:n,return_to:r}})}function ne({base:e=f,token:t,accountId:n}){return p(e,be(n),
t,{method:"DELETE"})}function re(e,t){return`${_e(e)}/browser-keys/${encodeURIComponent(t)}`}function _e(e){return`spc-c\
redentials/${encodeURIComponent(e)}`}function be(e){return`spc-payers/${encodeURIComponent(e)}`}async function oe({base:e=f,token:t,credentialId:n,browserKeyId:r,label:s}){let{available:a,reason:i}=await C();if(!a)throw new u(
"unsupported",`Nothing can be approved here: ${i}.`);let c=re(n,r),d=p(e,`${c}/approval-request`,t,{method:"POST"}),{ceremony_id:m,
request:w,total:P}=await d,g=await Y({request:w,total:P,label:s}).catch(it);try{let y={ceremony_id:m,...M(g.details)},S=await p(
e,`${c}/trust`,t,{body:y});return await H(g,"success"),S}catch(y){throw await H(g,"fail"),y instanceof u?y:new u("unexpe\
cted_answer",String(y))}}function it(e){let{reason:t,code:n,message:r}=Z(e);throw new u(n??t,r)}var ut=["AMEX","DISCOVER","INTERAC","JCB","MASTERCARD","VISA"];var yn=[...ut,"ELECTRON","ELO","ELO_DEBIT","MAESTRO"];var se=new Map;function q({base:e=f}={}){let t={credentials:"same-origin"},n=se.get(e)??z(e,"settings.json",t);return se.
set(e,n),n.catch(()=>se.delete(e)),n}var xe={AbortError:["cancelled","aborted"],NotAllowedError:["cancelled","not_allowed"],InvalidStateError:["already_regis\
tered","credential_exists"],ConstraintError:["unsupported","no_user_verification"],NotSupportedError:["unsupported","not\
_supported"],SecurityError:["unsupported","not_allowed_here"]},ht="unavailable";function ie({base:e=f,token:t}){return ve(
async()=>{let n=await Ae(await p(e,"spc-register-request",t,{body:{}}));return p(e,"spc-register-response",t,{body:n})})}
async function ve(e){try{let t=await wt();return t?ae("unsupported",t):{status:"registered",credential:await e()}}catch(t){
return yt(t)}}async function Ae({ceremony_id:e,publicKey:t}){let n=he(t),r=await navigator.credentials.create({publicKey:n});
return{ceremony_id:e,...M(r)}}async function wt(){let{reason:e}=await C();return e!==null&&e!=="unavailable-no-permissio\
n-policy"?e:await globalThis.PublicKeyCredential?.isUserVerifyingPlatformAuthenticatorAvailable?.()?null:"no_platform_au\
thenticator"}function yt(e){if(e instanceof u){let{status:a=500,code:i,message:c,retryAfter:d}=e,m=a<500&&a!==429?"refus\
ed":"unavailable";return ae(m,i,c,d)}let{name:t="",message:n=""}=e instanceof Error?e:{},[r,s]=Object.hasOwn(xe,t)?xe[t]:
[ht,j(t)];return ae(r,s,n)}function ae(e,t,n="",r){return{status:"not_registered",reason:e,code:t,message:n,retryAfter:r}}var ce=document.documentElement.lang,Ee={};async function ke(){let e=await fetch(`/assets/messages.${ce}.json`);if(!e.ok)
throw new Error(`messages: ${e.status}`);Ee=await e.json()}function o(e,t={}){return Ee[e].replace(/\{(\w+)\}/g,(n,r)=>t[r])}function O(e){let t=navigator.languages.find(n=>n.split(
"-")[0]===ce);return new Intl.DateTimeFormat(t??ce,{dateStyle:"long",timeStyle:"short"}).format(e)}var Se={session_cancelled:"session_cancelled",request_in_progress:"request_in_progress",network_error:"network_error",stripe_js_unavailable:"\
stripe_js_unavailable",modal_failed:"stripe_js_unavailable",install_links_misconfigured:"install_links_misconfigured",spc_misconfigured:"\
spc_misconfigured",permission_missing:"permission_missing",account_unreachable:"account_unreachable",open_payments:"open\
_payments",rate_limited:"rate_limited",too_many_requests:"rate_limited",service_unavailable:"unavailable",stripe_unavailable:"\
unavailable",storage_unavailable:"unavailable",secrets_unavailable:"unavailable"};function ue(e){let t=Object.hasOwn(Se,
e)&&Se[e];return t?o(`notice.${t}`):void 0}function x(e){return ue(e)??o("notice.other",{code:e})}var Te="countersign.session",gt="countersign.sign-in";var v=class extends Error{constructor(t,n="/"){super(t),this.reason=t,this.returnTo=n}};function A(){let e=sessionStorage.
getItem(Te);if(!e)return null;let t=JSON.parse(e);return t.expiresAt>Date.now()?t:(de(),null)}function de(){sessionStorage.
removeItem(Te)}async function Ie(e,t=location.pathname+location.search){if(!globalThis.crypto?.subtle)throw new v("unsup\
ported");let n=await Re(e),r={state:Oe(),verifier:Oe(),returnTo:t};sessionStorage.setItem(gt,JSON.stringify(r));let s=new URL(
n.authorization_endpoint),a={scope:"openid",...e.sign_in_parameters,response_type:"code",client_id:e.client_id,redirect_uri:bt(),
state:r.state,code_challenge:await xt(r.verifier),code_challenge_method:"S256"};for(let[i,c]of Object.entries(a))s.searchParams.
set(i,c);location.assign(s)}async function Ce(e){sessionStorage.clear();let t=new URL("/",location.href),n=await Re(e).catch(()=>null);if(!n?.end_session_endpoint)
return location.assign(t);let r=new URL(n.end_session_endpoint);return r.searchParams.set("client_id",e.client_id),r.searchParams.
set("post_logout_redirect_uri",t.href),r.searchParams.set("logout_uri",t.href),location.assign(r)}async function Re(e){if(!e.
issuer||!e.client_id)throw new v("not_set_up");let t=e.issuer.replace(/\/$/,""),{status:n,body:r}=await _t(`${t}/.well-k\
nown/openid-configuration`);if(n!==200||r?.issuer!==e.issuer)throw new v("unreachable");return r}async function _t(e,t){try{let n=await fetch(e,{credentials:"omit",referrerPolicy:"no-referrer",...t});return{status:n.status,
body:await n.json().catch(()=>null)}}catch{throw new v("unreachable")}}function bt(){return new URL("/signed-in",location.href).href}function Oe(){return Pe(crypto.getRandomValues(new Uint8Array(
32)))}async function xt(e){let t=await crypto.subtle.digest("SHA-256",new TextEncoder().encode(e));return Pe(new Uint8Array(
t))}function Pe(e){return btoa(String.fromCharCode(...e)).replaceAll("+","-").replaceAll("/","_").replaceAll("=","")}function l(e){let t=document.getElementById(e);if(!t)throw new Error(`no #${e}`);return t}async function Me(e){addEventListener(
"pageshow",t=>t.persisted&&location.reload());try{let[t]=await Promise.all([q(),ke()]);Ue(t),t.stripe_publishable_key.startsWith(
"pk_test_")&&vt(),document.documentElement.dataset.ready="",await e(t)}catch(t){throw document.documentElement.dataset.failed=
"",t}}function vt(){l("test-mode").hidden=!1}function Ue(e){let{name:t}=A()??{};l("account").hidden=t===void 0,l("accoun\
t-name").textContent=t?o("account.signed_in_as",{name:t}):o("account.signed_in"),l("sign-out").onclick=()=>Ce(e)}var W="",
K=!1;function h(e,{heading:t,text:n,actions:r=[],notice:s="",code:a=""}){let i=W;W=JSON.stringify([e,a,t,n]),_(s),W!==i&&
(Object.assign(l("status").dataset,{state:e,code:a}),l("heading").textContent=t,document.title=`${t} · ${o("site.name")}`,
l("detail").replaceChildren(...n.map(At)),l("actions").replaceChildren(...r.map(Et))),i!==""&&(K||W!==i)&&l("heading").focus()}
function _(e){l("notice").textContent=e}function At(e){let t=document.createElement("p");return t.textContent=e,t}function Et({
id:e,label:t,quiet:n,href:r,run:s},a){let i=document.createElement(r?"a":"button");return i instanceof HTMLAnchorElement?
i.href=r??"":i.type="button",i.id=e,i.textContent=t,i.className=n?"link":`button ${a===0?"primary":"secondary"}`,i.onclick=
s?()=>T(i,s):null,i}function $e(){return K}async function T(e,t){if(!K){Ne(e,!0);try{await t()}catch(n){throw _(o("notic\
e.other",{code:"unexpected"})),n}finally{Ne(e,!1),document.activeElement===document.body&&e.focus()}}}function Ne(e,t){K=
t,e.toggleAttribute("data-busy",t);for(let n of document.querySelectorAll("#actions > *"))n.setAttribute("aria-disabled",
String(t))}function qe(e){return location.assign(e),new Promise(()=>{})}function De(e,t){let n=async()=>{_(o("sign_in.op\
ening"));try{await Ie(e,t),await new Promise(()=>{})}catch(r){if(!(r instanceof v))throw r;_(o(`sign_in.${r.reason}`))}};
return{id:"sign-in",label:o("sign_in.button"),run:n}}function Le(e){de(),Ue(e)}async function D(e,t,n){let r=e.token();if(!r)return;let s=l(`${t}-again`);s.onclick=()=>T(s,()=>D(e,t,n));let a=await n(
r).catch(kt);if(A()?.token===r){if(a instanceof u){if(e.handleRefusal(a))return;G(t,o(`unreadable.${t}`))}else l(`${t.slice(
0,-1)}-list`).replaceChildren(...a),G(t,a.length>0?"":o(`none.${t}`));s.hidden=!(a instanceof u),l(t).hidden=!1}}function kt(e){
if(e instanceof u)return e;throw e}function St({status:e,code:t}){return e===404?"":x(t)}async function E(e,t,n,r,s=St){
let a=e.token();if(!a)return;let i="";try{await n(a)}catch(c){if(!(c instanceof u))throw c;if(e.handleRefusal(c))return;
if(i=s(c),i&&c.status!==404)return G(t,i)}await e.refresh(),G(t,i||r),l(`${t}-heading`).focus()}function G(e,t){l(`${e}-\
note`).textContent=t}function J(e,t){let n=document.createElement("li"),r=document.createElement("h3");return r.textContent=
e,n.append(r,...t.map(s=>typeof s=="string"?V(s):s)),n}function V(e){let t=document.createElement("p");return t.textContent=
e,t}function k(e,t,n){let r=document.createElement("button");return r.type="button",r.className="link",r.textContent=e,r.
setAttribute("aria-label",t),r.onclick=()=>n(r),r}function I(e,{heading:t,text:n,yes:r,no:s,grave:a=!1},i){if($e())return;let c=l("question");l("question-heading").textContent=
t,l("question-text").textContent=n;let d=l("question-yes");d.textContent=r,d.className=`button ${a?"danger solid":"prima\
ry"}`,d.onclick=()=>{c.close(),T(e,i)},l("question-no").textContent=s,l("question-no").onclick=()=>c.close(),c.showModal()}function je(e){return D(e,"merchants",async t=>(await Ot(t)).map(r=>Tt(e,r)))}async function Ot(e){let t=[],n;do{let r=await ee(
{token:e,cursor:n});t.push(...r.data),n=r.next_cursor??void 0}while(n);return t}function L({payee_name:e,payee_origin:t,
account_id:n}){return e??t??n}function Tt(e,t){let n=L(t),{created:r,payee_origin:s,status:a,account_id:i}=t,c=a==="susp\
ended",d=[...s&&s!==n?[s]:[],...r===null?[]:[o("merchants.since",{time:O(1e3*r)})],...c?[o("merchants.suspended"),It(e,i,
n)]:[],k(o("merchants.end"),o("merchants.end.label",{name:n}),m=>Ct(e,i,n,m))];return J(n,d)}function It(e,t,n){let r=i=>$(
{token:i,accountId:t}),s=()=>E(e,"merchants",r,o("merchants.resumed",{name:n})),a=o("merchants.again.label",{name:n});return k(
o("merchants.again"),a,i=>T(i,s))}function Ct(e,t,n,r){let s={heading:o("merchants.end.question",{name:n}),text:o("merch\
ants.end.text"),yes:o("merchants.end"),no:o("merchants.keep"),grave:!0},a=i=>ne({token:i,accountId:t});I(r,s,()=>E(e,"me\
rchants",a,o("merchants.ended",{name:n})))}var F=new URLSearchParams(location.search),R=!1;function le(){return F.get("account_id")}async function fe(e,t){let n=e.
token(),r=le()??"";if(n)try{let s=[te({token:n,accountId:r}),U({token:n})],[a,{data:i}]=await Promise.all(s);return R=i.
length>0,Pt(e,a)}catch(s){if(!(s instanceof u))throw s;return e.handleRefusal(s)?void 0:Rt(e,t,s)}}function Rt(e,t,{status:n,
code:r}){let s=n===404||n===422,a=s?"unknown":"unavailable",i={id:"retry",label:o("action.retry"),run:()=>fe(e,t)},c={id:"\
own",label:o("wallet.heading"),run:t};h(a,{heading:o(`consent.${a}.heading`),text:[o(`consent.${a}.text`)],actions:s?[c]:
[i,c],code:r})}function Pt(e,t){if(t.status==="active")return Nt(e,t);let n=L(t),r=t.payee_origin??o("consent.account",{
account:t.account_id}),s=t.status==="suspended"?[o("consent.suspended")]:[];return h("asked",{heading:o("consent.heading",
{name:n}),text:[r,o("consent.text"),...s],actions:[{id:"allow",label:o("consent.allow"),run:()=>Be(e,t,!0)},{id:"deny",label:o(
"consent.deny"),run:()=>Mt(n)}]})}function Nt(e,t){let n=L(t),r=()=>Be(e,t,!1),s=F.has("return_to")?[{id:"back",label:o(
"wallet.back",{name:n}),run:r}]:[],a=e.register(()=>s);h("known",{heading:o("consent.known.heading",{name:n}),text:[R?o(
"consent.known.text"):o("consent.device")],actions:R?[...s,a]:[a,...s]})}function Mt(e){h("denied",{heading:o("consent.d\
enied.heading"),text:[o("consent.denied.text",{name:e})]})}async function Be(e,t,n){let r=e.token();if(!r)return;let s=L(
t);try{let a=F.get("return_to")??void 0,{payer:i,return_to:c}=await $({token:r,accountId:t.account_id,returnTo:a}),d=c&&
qt(c,i);return d&&(R||!n)?await qe(d):Ut(e,s,d)}catch(a){if(!(a instanceof u))throw a;return e.handleRefusal(a)?void 0:a.
code==="return_to_not_allowed"?$t(s):_(x(a.code))}}function Ut(e,t,n){let r={id:"back",label:o("wallet.back",{name:t}),href:n??
""},s=n?[r]:[];h("allowed",{heading:o("consent.allowed.heading",{name:t}),text:[o("consent.allowed.text"),...R?[]:[o("co\
nsent.device")]],actions:R?s:[e.register(()=>s),...s]}),e.refresh()}function $t(e){h("stray",{heading:o("consent.stray.h\
eading"),text:[o("consent.stray.text",{name:e})]})}function qt(e,t){let n=F.get("state");return`${e}#${new URLSearchParams(
{payer:t,...n===null?{}:{state:n}})}`}var He={trusted_browser_required:"browsers.elsewhere",no_trusted_browser:"browsers.earn",unsupported:"browsers.elsewhere",
not_supported:"browsers.elsewhere",no_credential_or_other_way:"browsers.elsewhere",cancelled:"browsers.cancelled",browser_key_not_found:"\
browsers.gone",credential_not_found:"browsers.gone"};function We(e,{credential_id:t,suspended:n},r,s){let{id:a,status:i,
created:c}=r,d=O(1e3*c),m={credentialId:t,browserKeyId:a},w=document.createElement("div");if(w.className="browser",w.dataset.
status=i,w.append(V(Dt(r,d))),i==="pending"&&!n){let g=o("browsers.trust.label",{time:d}),y=Fe=>Lt(e,m,d,Fe),S=s?k(o("br\
owsers.trust"),g,y):V(o("browsers.earn"));w.append(S)}let P=o("browsers.remove.label",{time:d});return w.append(k(o("bro\
wsers.remove"),P,g=>Bt(e,m,g))),w}function Dt({status:e,everywhere:t,accounts:n},r){return e==="pending"?o("browsers.pen\
ding",{time:r}):t?o("browsers.everywhere",{time:r}):o("browsers.trusted",{time:r,merchants:String(n.length)})}function Lt(e,t,n,r){
let s={heading:o("browsers.trust.question"),text:o("browsers.approve.text",{time:n}),yes:o("browsers.approve"),no:o("bro\
wsers.trust.no")},a=c=>oe({token:c,...t,label:o("browsers.approve.total")}),i=o("browsers.trust.done");I(r,s,()=>E(e,"de\
vices",a,i,jt))}function jt({code:e}){let t=Object.hasOwn(He,e)&&He[e];return t?o(t):x(e)}function Bt(e,t,n){let r={heading:o(
"browsers.remove.question"),text:o("browsers.remove.text"),yes:o("browsers.remove"),no:o("browsers.keep"),grave:!0},s=a=>Q(
{token:a,...t});I(n,r,()=>E(e,"devices",s,o("browsers.removed")))}function Ke(e){return D(e,"devices",async t=>{let{data:n}=await U({token:t}),s=n.filter(({suspended:a})=>!a).flatMap(({trusted:a,
browser_keys:i})=>[a,...i]).some(({everywhere:a,accounts:i})=>a||i.length>0);return n.map(a=>Ht(e,a,s))})}function Ht(e,t,n){
let{created:r,last_used:s,backed_up:a,browser_keys:i}=t,c=O(1e3*r),d=s===null?o("devices.unused"):o("devices.used",{time:O(
1e3*s)}),m=k(o("devices.remove"),o("devices.remove.label",{time:c}),S=>Kt(e,t,S)),w=i.map(S=>We(e,t,S,n)),P=a?o("devices\
.copied"):o("devices.single"),g=[...Wt(t),P],y=J(o("devices.since",{time:c}),[d,...g,...w,m]);return y.dataset.status=t.
suspended?"suspended":"usable",y}function Wt({suspended:e,trusted:t}){if(e)return[o("devices.suspended")];if(t.everywhere)
return[o("devices.everywhere")];let n=String(t.accounts.length);return t.accounts.length>0?[o("devices.trusted",{merchants:n})]:
[]}function Kt(e,{credential_id:t},n){let r={heading:o("devices.remove.question"),text:o("devices.remove.text"),yes:o("d\
evices.remove"),no:o("devices.keep"),grave:!0},s=a=>X({token:a,credentialId:t});I(n,r,()=>E(e,"devices",s,o("devices.rem\
oved")))}var Gt=["no-payment-request","unavailable-feature-not-enabled","unavailable-unknown-reason"];function Ge({reason:e,code:t}){
return t==="too_many_credentials"?o("not_registered.full"):Gt.includes(t)?o("not_registered.browser"):e==="unavailable"?
x(t):ue(t)??o(`not_registered.${e}`,{code:t})}Me(async e=>{let t=r=>{for(let s of["devices","merchants"])l(s).hidden=!0;Le(e),h("signed_out",{heading:o("wallet.headin\
g"),text:[o("wallet.lead"),o("wallet.sign_in")],actions:[De(e)],notice:r})},n={token:()=>{let r=A();return r||t(o("sign_\
in.expired")),r&&r.token},handleRefusal:({status:r})=>(r===401&&t(o("sign_in.expired")),r===401),register:r=>({id:"regis\
ter",label:o("wallet.register"),run:()=>Jt(n,r)}),refresh:()=>Promise.all([Ke(n),je(n)])};return A()?(e.spc_rp_id?le()?await fe(
n,()=>Je(n)):Je(n):Ve([]),n.refresh()):t("")});function Je(e){let{name:t}=A()??{},n=t?o("home.signed_in_as",{name:t}):o(
"home.signed_in"),r=[e.register(()=>[])];h("ready",{heading:o("wallet.heading"),text:[o("wallet.lead"),n],actions:r})}async function Jt(e,t){
let n=e.token();if(!n)return;_(o("wallet.registering"));let r=await ie({token:n});return r.status==="not_registered"?r.code===
"invalid_token"?e.handleRefusal({status:401}):r.code==="spc_misconfigured"?Ve(t()):_(Ge(r)):(e.refresh(),h("registered",
{heading:o("registered.heading"),text:[o("registered.text")],actions:t()}))}function Ve(e){let t=[o("notice.spc_misconfi\
gured")];h("unconfigured",{heading:o("wallet.heading"),text:t,actions:e})}
