// Countersign, Apache-2.0. Written by `make scripts` from web/, febcf8154411f701.
function y(e){let t=ArrayBuffer.isView(e)?new Uint8Array(e.buffer,e.byteOffset,e.byteLength):new Uint8Array(e),n="";for(let o of t)
n+=String.fromCharCode(o);return btoa(n).replaceAll("+","-").replaceAll("/","_").replaceAll("=","")}function g(e){if(!/^[A-Za-z0-9_-]*$/.
test(e))throw new TypeError("not base64url");let t=atob(e.replaceAll("-","+").replaceAll("_","/"));return Uint8Array.from(
t,n=>n.charCodeAt(0))}var u=new URL("/",import.meta.url).href;var M=35e3,s=class extends Error{constructor(t,n,{status:o,retryAfter:c,errors:i=[]}={},d=void 0){super(n,{cause:d}),this.
name="Refusal",this.code=t,this.status=o,this.retryAfter=c,this.errors=i}};async function A(e,t,n,o=M){return U(e,t,{method:"POST",headers:{accept:"application/json","content-type":"application/j\
son"},cache:"no-store",body:JSON.stringify(n),signal:AbortSignal.timeout(o)})}async function U(e,t,n){let o=new URL(t,e.
endsWith("/")?e:`${e}/`),c=AbortSignal.timeout(M),i;try{i=await fetch(o,{credentials:"omit",referrerPolicy:"no-referrer",
signal:c,...n})}catch(m){let h="The request did not reach the server, or its answer was lost.";throw new s("network_erro\
r",h,{},m)}if(i.status===204)return null;let d=await i.json().catch(()=>null);if(i.ok&&d)return d;throw L(i.status,d,i.headers.
get("retry-after"))}var ne={401:"invalid_token",403:"missing_scope",429:"rate_limited"};function L(e,t,n=null){let o=e>=
500?"service_unavailable":"unexpected_answer",c=t?.code??ne[e]??o,i=Number.parseInt(n??"",10),d=t?.detail??`The server a\
nswered ${e}.`,m=Array.isArray(t?.errors)?t.errors:[];return new s(c,d,{status:e,retryAfter:i||void 0,errors:m})}function $({challenge:e,user:t,excludeCredentials:n=[],...o}){return{...o,challenge:g(e),user:{...t,id:g(t.id)},excludeCredentials:n.
map(c=>({...c,id:g(c.id)}))}}function S(e){let{id:t,rawId:n,type:o,response:c}=e,m=["clientDataJSON","attestationObject","authenticatorData","signatu\
re","userHandle"].filter(w=>c[w]).map(w=>[w,y(c[w])]),h=e.getClientExtensionResults().payment?.browserBoundSignature?.signature;
return{credential:{id:t,rawId:y(n),type:o,response:Object.fromEntries(m)},browser_bound_signature:h&&y(h)}}function O(e){return`browser_${e.replace(/[^A-Za-z]/g,"").replace(/(?<=[a-z])(?=[A-Z])/g,"_").toLowerCase()||"error"}`}var re="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==",oe={supportedMethods:"secure-payment\
-confirmation",data:{rpId:"rp.example",credentialIds:[new Uint8Array(1)],challenge:new Uint8Array(1),instrument:{displayName:"\
-",icon:re},payeeOrigin:"https://merchant.example"}};async function _(){let e=globalThis.PaymentRequest;if(typeof e!="fu\
nction")return D("no-payment-request",null);let[t,n]=await Promise.all([ae(e),se(e)]);return D(t,n)}function D(e,t){let n=e===
"available";return{available:n,reason:n?null:e,browserBoundKeys:t}}async function ae(e){try{if(e.securePaymentConfirmationAvailability)
return await e.securePaymentConfirmationAvailability();let t={label:"-",amount:{currency:"USD",value:"0"}};return await new e(
[oe],{total:t}).canMakePayment()?"available":"unavailable-unknown-reason"}catch(t){return t instanceof DOMException&&t.name===
"SecurityError"?"unavailable-no-permission-policy":"unavailable-unknown-reason"}}async function se(e){try{return(await e.
getSecurePaymentConfirmationCapabilities()).browserBoundKeyHardware??null}catch{return null}}var le=["AMEX","DISCOVER","INTERAC","JCB","MASTERCARD","VISA"];var ot=[...le,"ELECTRON","ELO","ELO_DEBIT","MAESTRO"];var q={AbortError:["cancelled","aborted"],NotAllowedError:["cancelled","not_allowed"],InvalidStateError:["already_regist\
ered","credential_exists"],ConstraintError:["unsupported","no_user_verification"],NotSupportedError:["unsupported","not_\
supported"],SecurityError:["unsupported","not_allowed_here"]},we="unavailable";async function j(e){try{let t=await ye();return t?v("unsupported",t):{status:"registered",credential:await e()}}catch(t){
return ge(t)}}async function W({ceremony_id:e,publicKey:t}){let n=$(t),o=await navigator.credentials.create({publicKey:n});
return{ceremony_id:e,...S(o)}}async function ye(){let{reason:e}=await _();return e!==null&&e!=="unavailable-no-permissio\
n-policy"?e:await globalThis.PublicKeyCredential?.isUserVerifyingPlatformAuthenticatorAvailable?.()?null:"no_platform_au\
thenticator"}function ge(e){if(e instanceof s){let{status:i=500,code:d,message:m,retryAfter:h}=e,w=i<500&&i!==429?"refus\
ed":"unavailable";return v(w,d,m,h)}let{name:t="",message:n=""}=e instanceof Error?e:{},[o,c]=Object.hasOwn(q,t)?q[t]:[we,
O(t)];return v(o,c,n)}function v(e,t,n="",o){return{status:"not_registered",reason:e,code:t,message:n,retryAfter:o}}function B(e){return A(u,"spc-framed-register-request",{ticket:e})}function H(e,t){return j(async()=>{let n=await W(t);return A(
u,"spc-framed-register-response",{ticket:e,...n})})}var _e=document.documentElement.lang,K={};async function I(){let e=await fetch(`/assets/messages.${_e}.json`);if(!e.ok)throw new Error(
`messages: ${e.status}`);K=await e.json()}function a(e,t={}){return K[e].replace(/\{(\w+)\}/g,(n,o)=>t[o])}var G={session_cancelled:"session_cancelled",request_in_progress:"request_in_progress",network_error:"network_error",stripe_js_unavailable:"\
stripe_js_unavailable",modal_failed:"stripe_js_unavailable",install_links_misconfigured:"install_links_misconfigured",spc_misconfigured:"\
spc_misconfigured",permission_missing:"permission_missing",account_unreachable:"account_unreachable",open_payments:"open\
_payments",rate_limited:"rate_limited",too_many_requests:"rate_limited",service_unavailable:"unavailable",stripe_unavailable:"\
unavailable",storage_unavailable:"unavailable",secrets_unavailable:"unavailable"};function C(e){let t=Object.hasOwn(G,e)&&
G[e];return t?a(`notice.${t}`):void 0}function k(e){return C(e)??a("notice.other",{code:e})}var be=["no-payment-request","unavailable-feature-not-enabled","unavailable-unknown-reason"];function F({reason:e,code:t}){
return t==="too_many_credentials"?a("not_registered.full"):be.includes(t)?a("not_registered.browser"):e==="unavailable"?
k(t):C(t)??a(`not_registered.${e}`,{code:t})}function r(e){let t=document.getElementById(e);if(!t)throw new Error(`no #${e}`);return t}var V=!1;function f(e){r("notice").textContent=e}async function z(e,t){if(!V){J(e,!0);try{await t()}catch(n){throw f(a("notice.other",{code:"unexpected"})),n}finally{J(e,
!1),document.activeElement===document.body&&e.focus()}}}function J(e,t){V=t,e.toggleAttribute("data-busy",t);for(let n of document.
querySelectorAll("#actions > *"))n.setAttribute("aria-disabled",String(t))}var Ee="/wallet/ticket",xe="_blank",Ae="popup,width=480,height=760",p=null,Y={accountId:"",origin:""},Z=()=>{};addEventListener(
"message",({source:e,origin:t,data:n})=>{!p||e!==p||t!==location.origin||(n?.type==="countersign:who-asks"&&p.postMessage(
{type:"countersign:asking",...Y},location.origin),n?.type==="countersign:chosen"&&typeof n.ticket=="string"&&Z({ticket:n.
ticket,name:String(n.name)}))});function X(e,t){return Y=e,Z=t,p&&!p.closed?(p.focus(),!0):(p=window.open(Ee,xe,Ae),p!==
null)}var Se=5e3,ke=12e4,Oe=["unsupported","already_registered"],P=["unknown_ticket","ticket_already_used","ticket_expired"],Te=new URLSearchParams(
location.search).get("account_id")??"",ve=(document.body.dataset.ancestors??"").split(" ").filter(Boolean),E="",l=null;addEventListener(
"message",({source:e,origin:t,data:n})=>{if(!(!(n?.type==="countersign:ticket"&&e===parent&&E==="")||!ve.includes(t)))return E=
t,typeof n.ticket=="string"?Q(n.ticket,""):te()});Ie();async function Ie(){try{await I()}catch(e){throw document.documentElement.
dataset.failed="",e}if(document.documentElement.dataset.ready="",r("status").dataset.state="ready",r("register").onclick=
()=>l&&z(r("register"),Pe),r("choose").onclick=Ce,parent===window)return x();parent.postMessage({type:"countersign:ready"},
"*"),setTimeout(()=>E||x(),Se)}async function Q(e,t){try{l=await ee(e,t)}catch(o){if(!(o instanceof s))throw o;return R(
o.code)}let n=t?"wallet_register.owner":"wallet_register.named";return r("owner").textContent=a(n,{name:l.begun.publicKey.
user.displayName}),r("owner").hidden=!1,r("register").hidden=!1,r("register").setAttribute("aria-disabled","false"),r("c\
hoose").hidden=!1,r("choose").className="link",r("choose").textContent=a("wallet_register.other"),r("status").dataset.state=
"owned",f("")}async function ee(e,t){let n=await B(e);return t&&Object.assign(n.publicKey.user,{name:t,displayName:t}),{
ticket:e,name:t,begun:n,time:performance.now()}}function te(){l=null,r("owner").textContent=a("wallet_register.whose"),r(
"owner").hidden=!1,r("register").hidden=!0,r("choose").hidden=!1,r("choose").className="button primary",r("choose").textContent=
a("wallet_register.choose"),r("status").dataset.state="unowned"}function Ce(){f(a("wallet_register.opened")),!X({accountId:Te,
origin:E},({ticket:t,name:n})=>Q(t,n))&&(f(a("wallet_register.blocked")),x())}function x(){r("open-wallet").hidden=!1}async function Pe(){
if(!l)return;f(a("wallet.registering"));try{performance.now()-l.time>ke&&(l=await ee(l.ticket,l.name))}catch(t){if(!(t instanceof
s))throw t;return R(t.code)}let e=await H(l.ticket,l.begun);return e.status==="registered"?(N({type:"countersign:registe\
red"}),Re()):(e.reason==="refused"&&(l.time=-1/0),P.includes(e.code)?R(e.code):(N({type:"countersign:not-registered",code:e.
code}),r("status").dataset.code=e.code,Oe.includes(e.reason)&&x(),f(F(e))))}function R(e){N({type:"countersign:not-regis\
tered",code:e}),r("status").dataset.code=e,(P.includes(e)||e==="installation_not_found")&&te();let t=e==="too_many_crede\
ntials";t&&x(),f(P.includes(e)?a("wallet_register.useless"):t?a("not_registered.full"):k(e))}function N(e){parent.postMessage(
e,E)}function Re(){f(""),r("status").dataset.state="registered",r("heading").textContent=a("registered.heading");let e=document.
createElement("p");e.textContent=a("registered.text"),r("detail").replaceChildren(e);for(let t of["register","choose","o\
pen-wallet"])r(t).hidden=!0;r("heading").focus()}
